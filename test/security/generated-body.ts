import fc, { type Arbitrary } from 'fast-check';
import { type ApiDescription, type Operation } from '../openapi/api-description.js';

/** Values that are unusual or of the wrong type. */
const wrongValues: Arbitrary<string> = fc.constantFrom(
  'null',
  'true',
  '-1',
  '1e400',
  '-0',
  '9007199254740993',
  '[]',
  '{}',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\u2028"',
  '[[[[]]]]',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"toString":1,"hasOwnProperty":null,"then":1}',
  '"\u{1f600}"',
);

/** A random count: mostly small, rarely up to `max`, which fits into a body of 1.5 MB. */
const counts = (max: number): Arbitrary<number> =>
  fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 1, max: 50 }) },
    { weight: 8, arbitrary: fc.integer({ min: 50, max: 5_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 5_000, max }) },
  );

const repeated = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(',');

const deep = fc
  .tuple(
    counts(300_000),
    fc.constantFrom<[string, string]>(['[', ']'], ['{"a":', '}'], ['[{"a":', '}]']),
    wrongValues,
  )
  .map(([depth, [open, close], value]) => open.repeat(depth / 2) + value + close.repeat(depth / 2));
const wide = fc
  .tuple(counts(120_000), wrongValues)
  .map(([count, value]) => `{${repeated(count, (at) => `"k${at}":${value}`)}}`);
const sameKeys = fc
  .tuple(counts(120_000), wrongValues)
  .map(([count, value]) => `{${repeated(count, () => `"a":${value}`)}}`);
const lists = fc
  .tuple(counts(300_000), wrongValues)
  .map(([count, value]) => `[${repeated(count, () => value)}]`);
const texts = fc
  .tuple(counts(1_400_000), fc.constantFrom('x', ' ', '\\u0001', '_a_', '\\"', '中', '**a', '>', '\\n'))
  .map(([count, unit]) => `"${unit.repeat(Math.ceil(count / unit.length))}"`);
const numbers = counts(1_000_000).map((digits) => '9'.repeat(digits));
const anything = fc.oneof(
  { weight: 6, arbitrary: wrongValues },
  ...[deep, wide, sameKeys, lists, texts, numbers].map((arbitrary) => ({ weight: 1, arbitrary })),
);

/** Generates hostile bodies for an operation: deep, wide, huge and of wrong types, as a whole and in each known member. */
export function generatedBodies(description: ApiDescription, { body }: Operation): Arbitrary<string> {
  const { properties = {} } = description.resolve(body ?? {});
  const names = Object.keys(properties);
  const known = (name: string): Arbitrary<string> =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(JSON.stringify(properties[name]?.example ?? 'hi')) },
      { weight: 1, arbitrary: anything },
    );
  const members = fc
    .subarray([...names, 'unknown'])
    .chain((chosen) =>
      fc.tuple(...chosen.map((name) => known(name).map((value) => `${JSON.stringify(name)}:${value}`))),
    )
    .map((parts) => `{${parts.join(',')}}`);
  const broken = fc.tuple(members, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
  return fc.oneof(
    { weight: 8, arbitrary: members },
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: broken },
  );
}
