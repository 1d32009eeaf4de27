import { type ArgumentMetadata, Injectable, type Type, ValidationPipe } from '@nestjs/common';
import { instanceToPlain } from 'class-transformer';
import { queryBounds } from '../body/json-bounds.js';
import { DtoTransformer } from './dto-transformer.js';
import { fieldErrors } from './field-errors.js';
import { findForbiddenPart } from './json-shape.js';
import { type FieldError, type Problem } from '../responses/problem.js';
import { payloadTooLarge, validationFailed } from '../responses/problem-factories.js';
import { rememberRules } from './remember-rules.js';

@Injectable()
class ProblemValidationPipe extends ValidationPipe {
  /** Refuses what the copying would choke on or silently drop, before it happens. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const refused = refusedShape(value, metadata.type);
    if (refused !== undefined) throw validationFailed([refused]);
    return (await super.transform(value, metadata)) as unknown;
  }
}

/**
 * The parser has already bounded the shape of bodies; that of queries is bounded here. No operation accepts a list as
 * its body.
 */
function refusedShape(value: unknown, type: ArgumentMetadata['type']): FieldError | undefined {
  if (type === 'query') return refusedQuery(value);
  return type === 'body' && Array.isArray(value)
    ? { field: 'body', code: 'is_object', detail: 'must be an object' }
    : undefined;
}

function refusedQuery(value: unknown): FieldError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { maxNames, maxValuesOfName } = queryBounds;
  const names = Object.keys(value);
  if (names.length > maxNames) {
    return { field: 'query', code: 'too_many_keys', detail: `must have at most ${maxNames} parameters` };
  }
  const repeated = Object.entries(value).find(
    ([, values]) => Array.isArray(values) && values.length > maxValuesOfName,
  );
  if (repeated === undefined) return findForbiddenPart(value, 2);
  return {
    field: repeated[0].slice(0, 200),
    code: 'too_many_elements',
    detail: `must not be given more than ${maxValuesOfName} times`,
  };
}

/**
 * The global validation pipe: DTOs with class-validator decorators, unknown fields refused, plain bodies made instances.
 * Throws a 400 `validation_failed` problem with one row per invalid field (413 if a decorator asks for it). Numbers in
 * queries are not converted by themselves: see `ToNumber`.
 */
export function validationPipe(): ValidationPipe {
  rememberRules();
  const transformer = new DtoTransformer();
  return new ProblemValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: false,
    transformerPackage: {
      plainToInstance: <T>(type: Type<T>, plain: unknown) => transformer.toInstance(type, plain),
      classToPlain: (object) => instanceToPlain(object),
    },
    exceptionFactory: (tree) => problemOf(fieldErrors(tree)),
  });
}

function problemOf(fields: ReturnType<typeof fieldErrors>): Problem {
  const errors = fields.map(({ status: _, ...row }) => row);
  const tooLarge = fields.length > 0 && fields.every(({ status }) => status === 413);
  return tooLarge ? payloadTooLarge(undefined, { errors }) : validationFailed(errors);
}
