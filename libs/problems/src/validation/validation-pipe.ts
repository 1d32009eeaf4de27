import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { fieldErrors } from './field-errors.js';
import { forbiddenPart } from './json-shape.js';
import { type Problem } from '../answers/problem.js';
import { payloadTooLarge, validationFailed } from '../answers/problem-factories.js';

/** Deepest nesting of a body. class-transformer copies a body by recursion, so something must bound it. */
const MAX_DEPTH = 32;

@Injectable()
class ProblemValidationPipe extends ValidationPipe {
  /** Refuses what the copying would choke on or silently drop, before it happens. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const forbidden = metadata.type === 'body' ? forbiddenPart(value, MAX_DEPTH) : undefined;
    if (forbidden !== undefined) throw validationFailed([forbidden]);
    return (await super.transform(value, metadata)) as unknown;
  }
}

/**
 * The global validation pipe: DTOs with class-validator decorators, unknown fields refused, plain bodies made instances.
 * Throws a 400 `validation_failed` problem with one row per invalid field (413 if a decorator asks for it). Numbers in
 * queries are not converted by themselves: see `ToNumber`.
 */
export function validationPipe(): ValidationPipe {
  return new ProblemValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: false,
    exceptionFactory: (tree) => problemOf(fieldErrors(tree)),
  });
}

function problemOf(fields: ReturnType<typeof fieldErrors>): Problem {
  const errors = fields.map(({ status: _, ...row }) => row);
  const tooLarge = fields.length > 0 && fields.every(({ status }) => status === 413);
  return tooLarge ? payloadTooLarge(undefined, { errors }) : validationFailed(errors);
}
