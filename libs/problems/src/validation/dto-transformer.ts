import { type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';

type Fields = Record<string, unknown>;

/** A value that is not copied, and its path. */
type Aside = [path: readonly [string] | readonly [string, string], value: unknown];

/**
 * Turns plain objects into instances of classes, as class-transformer does, but copies only objects with a class: the
 * object itself, and the objects in its fields with `@ValidateNested()`. Every other object or array is passed on as it
 * is: class-transformer would copy it recursively, in time quadratic in the keys of each object.
 *
 * Classes may be nested one level deep, and not in lists: class-validator refuses deeper values as unknown, and a list
 * in a nested field becomes an empty one, which is not an object.
 */
export class DtoTransformer {
  /** The fields of a class whose objects have a class of their own. As many entries as there are classes. */
  readonly #nestedFields = new Map<Type, ReadonlySet<string>>();

  /** An instance of `type` with the values of `plain`; nothing is validated. */
  toInstance<T>(type: Type<T>, plain: unknown): T {
    if (!isPlainObject(plain)) return plainToInstance(type, plain);
    const nested = this.#nestedFieldsOf(type);
    const outline: Fields = {};
    const aside: Aside[] = [];
    for (const [name, value] of Object.entries(plain)) {
      // class-validator would visit each element of a list; an empty list is refused as well.
      const isList = nested.has(name) && Array.isArray(value);
      if (isList) outline[name] = [];
      else if (!nested.has(name) || !isPlainObject(value)) {
        outline[name] = outlineOf(value, [name], aside);
      } else {
        const inner: Fields = {};
        for (const [key, part] of Object.entries(value)) inner[key] = outlineOf(part, [name, key], aside);
        outline[name] = inner;
      }
    }
    const instance = plainToInstance(type, outline);
    for (const [[name, key], value] of aside) {
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

/** The value that class-transformer receives. */
function outlineOf(value: unknown, path: Aside[0], aside: Aside[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  aside.push([path, value]);
  return null;
}

function isPlainObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
