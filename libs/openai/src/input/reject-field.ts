import { validationFailed } from '#problems';

/** Rejects a request. @throws Problem 400 that names the field */
export function rejectField(field: string, code: string, detail: string): never {
  throw validationFailed([{ field, code, detail }]);
}
