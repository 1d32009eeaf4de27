import { type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';

type Fields = Record<string, unknown>;

/** A value that is not copied, and its path. */
type Uncopied = [path: readonly [string] | readonly [string, string], value: unknown];

/**
 * Converts plain objects to class instances, like class-transformer, but copies only the object itself and the objects in
 * its `@ValidateNested()` fields. Other objects and arrays are not copied: class-transformer would copy them recursively,
 * in time quadratic in the keys of each object.
 *
 * Classes may be nested one level deep, and not in lists: class-validator rejects deeper values as unknown, and a list in
 * a nested field becomes an empty one, which is rejected as well.
 */
export class DtoTransformer {
  /** Cache: the `@ValidateNested()` fields per class. */
  readonly #nestedFields = new Map<Type, ReadonlySet<string>>();

  /** Returns an instance of `type` with the values of `plain`. Does not validate. */
  toInstance<T>(type: Type<T>, plain: unknown): T {
    if (!isPlainObject(plain)) return plainToInstance(type, plain);
    const nested = this.#nestedFieldsOf(type);
    const outline: Fields = {};
    const uncopied: Uncopied[] = [];
    for (const [name, value] of Object.entries(plain)) {
      // class-validator would visit each element of a list; an empty list is rejected as well.
      const isList = nested.has(name) && Array.isArray(value);
      if (isList) outline[name] = [];
      else if (!nested.has(name) || !isPlainObject(value)) {
        outline[name] = outlineOf(value, [name], uncopied);
      } else {
        const inner: Fields = {};
        for (const [key, part] of Object.entries(value)) inner[key] = outlineOf(part, [name, key], uncopied);
        outline[name] = inner;
      }
    }
    const instance = plainToInstance(type, outline);
    for (const [[name, key], value] of uncopied) {
      if (key === undefined) (instance as Fields)[name] = value;
      else ((instance as Fields)[name] as Fields)[key] = value;
    }
    return instance;
  }

  #nestedFieldsOf(type: Type): ReadonlySet<string> {
    const known = this.#nestedFields.get(type);
    if (known !== undefined) return known;
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    const nested = rules.filter((rule) => rule.type === 'nestedValidation');
    const fields = new Set(nested.map(({ propertyName }) => propertyName));
    this.#nestedFields.set(type, fields);
    return fields;
  }
}

/** The value to pass to class-transformer: null for an object or array, which is added to `uncopied`. */
function outlineOf(value: unknown, path: Uncopied[0], uncopied: Uncopied[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  uncopied.push([path, value]);
  return null;
}

function isPlainObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
