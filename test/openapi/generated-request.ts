import fc, { type Arbitrary } from 'fast-check';
import { type ApiDescription, type Operation, type Parameter, type Schema } from './api-description.js';

/** A generated request. */
export interface GeneratedRequest {
  target: string;
  headers: Record<string, string>;
  /** Undefined if the operation accepts no body. */
  body: string | undefined;
}

const anyText = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', ' ', '"', '\\', '<', '\0', 'é', '中', '😀'),
  maxLength: 30,
});
const arbitraryParameter = fc.oneof(
  anyText,
  fc.webPath(),
  fc.constantFrom('', '..', '%00', 'null', '-1', '1e400', '0.5'),
);

/**
 * Generates valid and invalid requests of an operation.
 * @param knownIds ids of existing resources for a path parameter
 */
export function generatedRequests(
  description: ApiDescription,
  operation: Operation,
  knownIds: (parameter: string) => readonly string[],
): Arbitrary<GeneratedRequest> {
  const idFor = (parameter: string): Arbitrary<string> =>
    fc.oneof(
      { weight: 6, arbitrary: fc.nat().map((at) => knownIds(parameter)[at % knownIds(parameter).length]!) },
      { weight: 1, arbitrary: fc.uuid() },
    );
  const id = idFor('');
  const valuesFor = (schema: Schema): Arbitrary<unknown> => values(description, schema, id);
  const of = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place);
  const mostly = (usual: Arbitrary<unknown>) =>
    fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: arbitraryParameter }).map(String);
  const path = fc.record(Object.fromEntries(of('path').map(({ name }) => [name, mostly(idFor(name))])));
  const sometimes = (usual: Arbitrary<unknown>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: mostly(usual) });
  const query = fc.record(
    Object.fromEntries(of('query').map(({ name, schema = {} }) => [name, sometimes(valuesFor(schema))])),
  );
  const headers = fc.record(
    {
      accept: fc.constantFrom('application/json', '*/*', 'text/event-stream'),
      prefer: fc.constantFrom('respond-async', 'wait=1'),
      'idempotency-key': fc.oneof(fc.constantFrom('a', 'b', ' ', 'x'.repeat(256)), fc.uuid()),
      'last-event-id': fc.constantFrom('0.0', '1.1', '1.3.end', '7', 'x'),
    },
    { requiredKeys: [] },
  );
  return fc
    .record({ path, query, headers, body: bodies(description, operation, valuesFor) })
    .map((request) => ({
      target: targetOf(
        operation.path,
        request.path as Record<string, string>,
        request.query as Record<string, string | undefined>,
      ),
      headers: {
        ...request.headers,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
      },
      body: request.body,
    }));
}

function bodies(
  description: ApiDescription,
  { body }: Operation,
  valuesFor: (schema: Schema) => Arbitrary<unknown>,
): Arbitrary<string | undefined> {
  if (body === undefined) return fc.constant(undefined);
  const valid = valuesFor(body);
  const { properties = {}, required = [], ...schema } = description.resolve(body);
  const requiredProperties = Object.fromEntries(
    Object.entries(properties).filter(([name]) => required.includes(name)),
  );
  const minimal = valuesFor({ ...schema, properties: requiredProperties, required });
  const invalid = fc
    .tuple(valid, fc.string({ maxLength: 8 }), fc.nat(), fc.jsonValue())
    .map(([value, newName, at, other]) => {
      const names = [...Object.keys(value as object), newName];
      return { ...(value as object), [names[at % names.length]!]: other };
    });
  return fc.oneof(
    { weight: 3, arbitrary: minimal.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 3, arbitrary: invalid.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('', '{', '{"a":1,}', '\0', '{"__proto__":{"a":1}}') },
  );
}

/** Generates values of a schema. */
function values(description: ApiDescription, given: Schema, id: Arbitrary<string>): Arbitrary<unknown> {
  const schema = description.resolve(given);
  const variant = schema.allOf?.[0] ?? schema.oneOf?.[0] ?? schema.anyOf?.[0];
  const generated =
    variant === undefined ? plainValues(description, schema, id) : values(description, variant, id);
  const usual =
    schema.example === undefined
      ? generated
      : fc.oneof({ weight: 3, arbitrary: fc.constant(schema.example) }, { weight: 1, arbitrary: generated });
  return schema.nullable === true ? fc.option(usual) : usual;
}

function plainValues(description: ApiDescription, schema: Schema, id: Arbitrary<string>): Arbitrary<unknown> {
  const { minimum: min, maximum: max } = schema;
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.format === 'uuid') return id;
  switch (schema.type) {
    case 'integer':
      return fc.integer({ ...(min !== undefined && { min }), ...(max !== undefined && { max }) });
    case 'number':
      return fc.double({ noNaN: true, min: min ?? -1e6, max: max ?? 1e6 });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(values(description, schema.items ?? {}, id), { maxLength: 3 });
    case 'object':
      return objects(description, schema, id);
    default:
      return fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('hi', 'How are you?') },
        { weight: 1, arbitrary: anyText },
      );
  }
}

function objects(description: ApiDescription, schema: Schema, id: Arbitrary<string>): Arbitrary<object> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    const value =
      typeof additionalProperties === 'object'
        ? values(description, additionalProperties, id)
        : fc.jsonValue();
    return fc.dictionary(fc.string({ maxLength: 5 }), value, { maxKeys: 3 });
  }
  const members = Object.entries(properties).map(([name, one]) => [name, values(description, one, id)]);
  return fc.record(Object.fromEntries(members) as Record<string, Arbitrary<unknown>>, {
    requiredKeys: required,
  });
}

function targetOf(
  template: string,
  path: Record<string, string>,
  query: Record<string, string | undefined>,
): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((path[name] ?? '').toWellFormed()),
  );
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
