import { completeOptions, healthDefaults } from './health-options.js';

describe('completeOptions', () => {
  it.each([
    [{}, healthDefaults],
    [{ llmTimeoutMs: 7 }, { ...healthDefaults, llmTimeoutMs: 7 }],
    [{ databaseCacheMs: 0 }, { ...healthDefaults, databaseCacheMs: 0 }],
  ])('completes %j', (given, options) => {
    expect(completeOptions(given)).toEqual(options);
  });

  it('reports all invalid values at once', () => {
    const given = {
      databaseTimeoutMs: 0,
      databaseCacheMs: -1,
      llmTimeoutMs: Number.NaN,
      llmCacheMs: 2 ** 31,
      maxRssBytes: 0.5,
    };
    const names = Object.keys(given).join('[^]*');
    expect(() => completeOptions(given)).toThrow(new RegExp(names));
    expect(() => completeOptions({ maxRssBytes: 0 })).not.toThrow(/TimeoutMs/);
  });
});
