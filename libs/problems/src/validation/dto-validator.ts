import { type Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { validationFailed } from '../responses/problem-factories.js';
import { DtoTransformer } from './dto-transformer.js';
import { fieldErrors } from './field-errors.js';

/** Validates values other than request bodies with the options of the validation pipe. */
export class DtoValidator {
  readonly #transformer = new DtoTransformer();

  /**
   * Returns a valid instance of `type` with the values of `plain`.
   * @param plain a JSON value whose shape is already bounded
   * @param field prefix of field names in errors, such as `messages.7`; may be empty
   * @throws Problem 400 `validation_failed`
   */
  validate<T extends object>(type: Type<T>, plain: unknown, field = ''): T {
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
      throw validationFailed([{ field: field || 'body', code: 'is_object', detail: 'must be an object' }]);
    }
    const instance = this.#transformer.toInstance(type, plain);
    const tree = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
    if (tree.length === 0) return instance;
    const rows = fieldErrors(tree).map(({ status: _, ...row }) => row);
    throw validationFailed(
      rows.map((row) => ({ ...row, field: field === '' ? row.field : `${field}.${row.field}` })),
    );
  }
}
