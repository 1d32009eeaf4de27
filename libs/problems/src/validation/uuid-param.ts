import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { validate } from 'uuid';
import { validationFailed } from '../responses/problem-factories.js';

/**
 * Pipe for `@Param('id', UuidParam) id: string`: accepts a UUID of any version and returns it in lower case.
 * @throws Problem 400 `validation_failed` with the name of the parameter
 */
@Injectable()
export class UuidParam implements PipeTransform<unknown, string> {
  transform(value: unknown, { data }: ArgumentMetadata): string {
    if (!validate(value)) {
      throw validationFailed([{ field: data ?? 'id', code: 'is_uuid', detail: 'must be a UUID' }]);
    }
    return (value as string).toLowerCase();
  }
}
