import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { validate } from 'uuid';
import { validationFailed } from '../responses/problem-factories.js';

/**
 * `@Param('id', UuidParam) id: string`: a UUID of any version, given back in lower case.
 * Throws a 400 `validation_failed` problem that names the parameter.
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
