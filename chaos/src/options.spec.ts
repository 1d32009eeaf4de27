import { readOptions } from './options.js';

describe('readOptions', () => {
  it('injects 500 faults within ten minutes by default, with a random seed', () => {
    const options = readOptions([])!;
    expect(options).toMatchObject({ mode: 'storm', faults: 500, json: false });
    expect(options.faults * options.intervalMs).toBeLessThanOrEqual(9.5 * 60_000);
    expect(options.seed).not.toBe(readOptions([])!.seed);
  });

  it('reads every option', () => {
    expect(
      readOptions(['--faults', '7', '--seed', '0', '--clients', '3', '--json', '--rolling']),
    ).toMatchObject({
      mode: 'rolling',
      faults: 7,
      seed: 0,
      clients: 3,
      json: true,
    });
  });

  it('reads --failover, which excludes --rolling', () => {
    expect(readOptions(['--failover', '--short'])).toMatchObject({ mode: 'failover', isShort: true });
    expect(() => readOptions(['--failover', '--rolling'])).toThrow('choose one of them');
  });

  it.each([
    [['--faults', '0'], /--faults: must be a whole number, 1 to 10000/],
    [['--seed', '-1'], /seed/],
    [['--seed', '4294967296'], /--seed: must be a whole number, 0 to 4294967295/],
    [['--clients', '2.5'], /--clients/],
    [['--fast'], /fast/],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it('returns undefined for --help', () => {
    expect(readOptions(['--help'])).toBeUndefined();
  });
});
