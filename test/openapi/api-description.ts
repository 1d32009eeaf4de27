import { type OpenAPIObject } from '@nestjs/swagger';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** The members of an OpenAPI schema that are used here. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  nullable?: boolean;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

/** A parameter of an operation. */
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema?: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

/** An operation: one method of one path. */
export interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  /** By status. */
  responses: Record<string, Content>;
}

/** A server's OpenAPI 3.0 document. */
export class ApiDescription {
  readonly #ajv: Ajv;
  readonly #validators = new Map<string, ValidateFunction>();

  readonly #document: OpenAPIObject;

  constructor(document: OpenAPIObject) {
    this.#document = document;
    this.#ajv = new Ajv({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv) => void)(this.#ajv);
  }

  /** All operations of the document. */
  operations(): Operation[] {
    return Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Record<string, unknown>>).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []) as Parameter[],
        body: (operation.requestBody as Content | undefined)?.content?.['application/json']?.schema,
        responses: operation.responses as Record<string, Content>,
      })),
    );
  }

  /** The schema that `$ref` refers to, or the schema itself. @throws Error for an unknown reference */
  resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const name = schema.$ref.slice('#/components/schemas/'.length);
    const found = this.#document.components?.schemas?.[name];
    if (found === undefined) throw new Error(`${schema.$ref} is not described`);
    return found as Schema;
  }

  /**
   * Returns how a response differs from the document: undescribed statuses, media types and members, and members of a
   * different shape. Problems may have further members.
   */
  errorsIn(operation: Operation, status: number, mediaType: string, body: unknown): string[] {
    const described = operation.responses[String(status)];
    if (described === undefined) return [`${status} is not described`];
    if (mediaType === '') return described.content === undefined ? [] : [`${status} has no body`];
    const content = described.content?.[mediaType];
    if (content?.schema === undefined) return [`${status} is not described as ${mediaType}`];
    if (!mediaType.endsWith('json')) return [];
    const key = `${operation.method} ${operation.path} ${status} ${mediaType}`;
    let validate = this.#validators.get(key);
    if (validate === undefined) {
      validate = this.#ajv.compile(this.#jsonSchema(content.schema, status < 400) as object);
      this.#validators.set(key, validate);
    }
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** Converts to JSON Schema: `nullable` as a type, references resolved. @param isClosed forbids undescribed members */
  #jsonSchema(given: Schema, isClosed: boolean): unknown {
    const { nullable, ...schema } = this.resolve(given);
    const all = (schemas: Schema[] | undefined) => schemas?.map((one) => this.#jsonSchema(one, isClosed));
    const { additionalProperties = schema.properties === undefined || !isClosed } = schema;
    const converted = {
      ...schema,
      ...(schema.properties && {
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, one]) => [name, this.#jsonSchema(one, isClosed)]),
        ),
      }),
      ...(schema.items && { items: this.#jsonSchema(schema.items, isClosed) }),
      ...(schema.allOf && { allOf: all(schema.allOf) }),
      ...(schema.oneOf && { oneOf: all(schema.oneOf) }),
      ...(schema.anyOf && { anyOf: all(schema.anyOf) }),
      additionalProperties:
        typeof additionalProperties === 'boolean'
          ? additionalProperties
          : this.#jsonSchema(additionalProperties, isClosed),
    };
    return nullable === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
  }
}
