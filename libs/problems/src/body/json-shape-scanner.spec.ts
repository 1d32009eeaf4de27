import fc from 'fast-check';
import { type Problem } from '../responses/problem.js';
import { type JsonBounds } from './json-bounds.js';
import { JsonShapeScanner } from './json-shape-scanner.js';

const bounds: JsonBounds = {
  maxDepth: 4,
  maxKeys: 3,
  maxElements: 3,
  maxValues: 8,
  unitDepth: 0,
  maxKeyBytes: 12,
  maxLiteralBytes: 6,
};

/** Scans a text in chunks of `chunkBytes`. @returns field and code of the error, if any */
function scan(text: string, chunkBytes = 1_000, more: Partial<JsonBounds> = {}): string | undefined {
  const scanner = new JsonShapeScanner({ ...bounds, ...more });
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
  } catch (error) {
    const [first] = (error as Problem).errors;
    return `${first!.field} ${first!.code}`;
  }
  return undefined;
}

describe('JsonShapeScanner', () => {
  it.each([
    ['{"a":{"b":[{"c":[1]}]}}', 'a.b.0.c too_deep'],
    ['[[[[[', '0.0.0.0 too_deep'],
    ['{"a":1,"b":2,"c":3,"d":4}', 'body too_many_keys'],
    ['{"a":{"a":1,"a":2,"a":3,"a":4}}', 'a too_many_keys'],
    ['{"a":[1,2,3,4]}', 'a too_many_elements'],
    ['{"a":[[],[{},{},{},{}', 'a.1 too_many_elements'],
    ['[[1,2,3],[1,2,3],3]', 'body too_many_values'],
    ['{"a":{"0123456789abc":1}}', 'a key_too_long'],
    ['{"a":-12345.6}', 'a too_long'],
    ['{"a":[1,-12345.6]}', 'a.1 too_long'],
    ['{"a":{"__proto__":1}}', 'a.__proto__ forbidden_key'],
    ['{"a":{"constructor":1}}', 'a.constructor forbidden_key'],
    ['{"prototyp\\u0065":1}', 'prototype forbidden_key'],
    ['{"a":{"é\\"":[1,2,3,4]}}', 'a.é" too_many_elements'],
  ])('rejects %s: %s', (text, wrong) => {
    for (const chunkBytes of [1_000, 7, 1]) {
      expect(scan(text, chunkBytes, text.includes('prototyp') ? { maxKeyBytes: 14 } : {})).toBe(wrong);
    }
  });

  it.each([
    '{"a":{"b":[{"c":"[[[[{{{{,,,,,,,,::::"}]}}',
    '{"a":"\\"{[","b":"\\\\","c":[1,2,3]}',
    '{"0123456789ab":-12345}',
    '"a"',
    '',
    ' \n\t {} ',
    '}}}}]]]],,,,::::',
    '{{{{}}}},,,',
    '["__proto__"]',
    '[1 ,2 ,     3]',
  ])('accepts %s', (text) => {
    for (const chunkBytes of [1_000, 7, 1]) expect(scan(text, chunkBytes)).toBeUndefined();
  });

  it('counts each element of arrays at unitDepth separately', () => {
    const message = '{"a":1,"b":[2,3]}';
    const text = `{"messages":[${[message, message, message].join(',')}]}`;
    expect(scan(text, 5)).toBe('body too_many_values');
    expect(scan(text, 5, { unitDepth: 2 })).toBeUndefined();
    expect(scan('{"messages":[{"a":[[1,2],[3,4],[5]]}]}', 5, { unitDepth: 2, maxDepth: 9 })).toBe(
      'messages.0 too_many_values',
    );
  });

  it('rejects the same values as a walk through the parsed value, for any chunk size', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (value, chunkBytes, isSpaced) => {
          const text = JSON.stringify(value, undefined, isSpaced ? 2 : 0);
          const limits = { maxDepth: 4, maxKeys: 3, maxElements: 4, maxValues: 1_000, maxKeyBytes: 1_000 };
          const found = scan(text, chunkBytes, { ...limits, maxLiteralBytes: 1_000 });
          expect(found !== undefined).toBe(isRejected(value, 1));
        },
      ),
      { numRuns: 500 },
    );
  });
});

function isRejected(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return (
    depth > 4 ||
    keys.length > (Array.isArray(value) ? 4 : 3) ||
    (!Array.isArray(value) && keys.some((key) => ['__proto__', 'constructor', 'prototype'].includes(key))) ||
    Object.values(value).some((part) => isRejected(part, depth + 1))
  );
}
