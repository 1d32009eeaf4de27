import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { fieldErrors } from './field-errors.js';
import { IsJsonObject } from './is-json-object.js';
import { IsText } from './is-text.js';
import { isLongerThan } from './json-shape.js';

class Sample {
  @IsText({ maxBytes: 10, notBlank: true, tooLongStatus: 413 })
  text: unknown = 'ok';

  @IsText({ maxBytes: 10 })
  loose: unknown = '';

  @IsJsonObject({ maxBytes: 60, maxDepth: 3 })
  object: unknown = {};
}

const check = (values: Partial<Sample>) => fieldErrors(validateSync(Object.assign(new Sample(), values)));

describe('IsText', () => {
  it.each(['a', 'exactly10!', 'üüüüü', '😀', ' a ', '\n.'])('accepts %j', (text) => {
    expect(check({ text })).toEqual([]);
  });

  it.each<[unknown, string, string]>([
    [undefined, 'required', 'is required'],
    [null, 'required', 'is required'],
    [7, 'is_string', 'must be a string'],
    [['a'], 'is_string', 'must be a string'],
    [{}, 'is_string', 'must be a string'],
    ['', 'blank', 'must not be blank'],
    [' \n\t\u00a0', 'blank', 'must not be blank'],
    ['a\0b', 'nul_character', 'must not contain NUL characters'],
    ['a\ud800b', 'invalid_unicode', 'must be valid Unicode'],
    ['\udc00', 'invalid_unicode', 'must be valid Unicode'],
  ])('rejects %j as %s', (text, code, detail) => {
    expect(check({ text })).toEqual([expect.objectContaining({ field: 'text', code, detail })]);
  });

  it('sets the status for a string that is too long', () => {
    expect(check({ text: 'üüüüüü' })).toEqual([
      { field: 'text', code: 'too_large', detail: 'must be at most 10 bytes long', status: 413 },
    ]);
    expect(check({ loose: 'elevenbytes' })[0]).toMatchObject({ field: 'loose', status: 400 });
  });
});

describe('IsJsonObject', () => {
  it.each([{}, { a: 1, b: 'x', c: null, d: [true] }, { a: { b: {} } }, { a: [[]] }, { '': 'ü😀' }])(
    'accepts %j',
    (object) => {
      expect(check({ object })).toEqual([]);
    },
  );

  it.each<[unknown, string]>([
    ['{}', 'must be an object'],
    [[], 'must be an object'],
    [{ a: { b: { c: {} } } }, 'must not be nested deeper than 3 levels'],
    [{ a: [[[]]] }, 'must not be nested deeper than 3 levels'],
    [{ a: 'x\0' }, 'must not contain NUL characters, invalid Unicode or numbers beyond ±1.8e308'],
    [{ a: [{ 'k\0': 1 }] }, 'must not contain NUL characters, invalid Unicode or numbers beyond ±1.8e308'],
    [{ a: '\ud83d' }, 'must not contain NUL characters, invalid Unicode or numbers beyond ±1.8e308'],
    [{ a: 'x'.repeat(60) }, 'must be at most 60 bytes of JSON'],
    [{ a: 'ü'.repeat(30) }, 'must be at most 60 bytes of JSON'],
    [JSON.parse('{"__proto__":{"a":1}}'), 'must not have the key __proto__'],
    [JSON.parse('{"a":{"constructor":1}}'), 'must not have the key a.constructor'],
  ])('rejects %j', (object, detail) => {
    expect(check({ object })).toEqual([{ field: 'object', code: 'invalid_json_object', detail }]);
  });
});

describe('isLongerThan', () => {
  it('is false for every value within the limit, and true for values far above it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = Buffer.byteLength(JSON.stringify(value));
        expect(isLongerThan(value, bytes)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(isLongerThan({ a: Array(100).fill(0) }, 100)).toBe(true);
    expect(isLongerThan({ a: 'x'.repeat(100) }, 100)).toBe(true);
    expect(isLongerThan({ ['x'.repeat(100)]: 1 }, 100)).toBe(true);
  });

  it('visits no more of a value than the limit requires', () => {
    let read = 0;
    const value = new Proxy(Array(100_000).fill(0), {
      get: (target, key) => {
        read += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    expect(isLongerThan(value, 100)).toBe(true);
    expect(read).toBeLessThan(60);
  });
});

describe('fieldErrors', () => {
  it('returns at most 50 entries with bounded field names', () => {
    const tree = Array.from({ length: 200 }, (_, at) => ({
      property: `${at}-${'x'.repeat(1000)}`,
      value: 1,
      constraints: { whitelistValidation: 'no' },
    }));
    const rows = fieldErrors(tree);
    expect(rows).toHaveLength(50);
    expect(Math.max(...rows.map(({ field }) => field.length))).toBe(200);
  });

  it('includes fields of list elements', () => {
    const leaf = { property: 'role', value: 7, constraints: { isIn: 'role must be user' } };
    const tree = [{ property: 'items', children: [{ property: '3', children: [leaf] }] }];
    expect(fieldErrors(tree)).toEqual([{ field: 'items.3.role', code: 'is_in', detail: 'must be user' }]);
  });
});
