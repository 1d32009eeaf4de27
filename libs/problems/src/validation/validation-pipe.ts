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
  /** Checks the shape before the value is copied, which could be slow or silently drop keys. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const invalid = invalidShape(value, metadata.type);
    if (invalid !== undefined) throw validationFailed([invalid]);
    return (await super.transform(value, metadata)) as unknown;
  }
}

/** Bounds the shape of queries; the parser has bounded that of bodies. No operation accepts a list as its body. */
function invalidShape(value: unknown, type: ArgumentMetadata['type']): FieldError | undefined {
  if (type === 'query') return invalidQuery(value);
  return type === 'body' && Array.isArray(value)
    ? { field: 'body', code: 'is_object', detail: 'must be an object' }
    : undefined;
}

function invalidQuery(value: unknown): FieldError | undefined {
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
 * The global validation pipe: converts plain values to DTO instances, validates them with class-validator, and rejects
 * unknown fields. Throws 400 `validation_failed` with one entry per invalid field; 413 if the decorators of all of them set
 * it. Numbers in queries are converted only by `ToNumber`.
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
