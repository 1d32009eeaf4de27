import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { SeriesHistogram } from './series-histogram.js';

const options = { name: 'x_seconds', help: 'Seconds of x.', buckets: [0.01, 0.5, 1, 10] };

/** The output of prom-client's histogram for the observations. */
async function expectedOutput(observed: readonly (readonly [string, number])[]): Promise<string> {
  const registry = new Registry();
  const histogram = new Histogram({ ...options, labelNames: ['a', 'b'], registers: [registry] });
  for (const [a, value] of observed) histogram.observe({ a, b: 1 }, value);
  return registry.metrics();
}

/** The output of SeriesHistogram for the observations. */
async function actualOutput(observed: readonly (readonly [string, number])[]): Promise<string> {
  const registry = new Registry();
  const histogram = new SeriesHistogram(registry, options);
  const series = new Map(
    [...new Set(observed.map(([a]) => a))].map((a) => [a, histogram.series({ a, b: 1 })]),
  );
  for (const [a, value] of observed) series.get(a)!.observe(value);
  return registry.metrics();
}

describe('SeriesHistogram', () => {
  it.each([
    ['no observations', []],
    ['values at, between and above the bounds', [0, 0.01, 0.02, 0.5, 1, 10, 10.1, 1e9].map((v) => ['s', v])],
    ['labels that need escaping', [['"\n\\', 1]]],
  ] as [string, [string, number][]][])(
    'has the output of prom-client’s histogram for %s',
    async (_, observed) => {
      expect(await actualOutput(observed)).toBe(await expectedOutput(observed));
    },
  );

  it('has the output of prom-client’s histogram for any observations', async () => {
    const observation = fc.tuple(fc.constantFrom('s', 't'), fc.double({ min: 0, max: 20, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(observation), async (observed) => {
        expect(await actualOutput(observed)).toBe(await expectedOutput(observed));
      }),
      { numRuns: 50 },
    );
  });

  it('has one series for the same labels in any order', () => {
    const histogram = new SeriesHistogram(new Registry(), options);
    expect(histogram.series({ a: 's', b: 1 })).toBe(histogram.series({ b: 1, a: 's' }));
    expect(histogram.series({ a: 's', b: 2 })).not.toBe(histogram.series({ a: 's', b: 1 }));
  });

  it('requires a name that is unique in the registry', () => {
    const registry = new Registry();
    new SeriesHistogram(registry, options);
    expect(() => new SeriesHistogram(registry, options)).toThrow('already been registered');
  });
});
