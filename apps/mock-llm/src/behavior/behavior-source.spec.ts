import { type Behavior, checkBehavior, DEFAULT_BEHAVIOR } from './behavior.js';
import { BehaviorSource } from './behavior-source.js';

describe('BehaviorSource', () => {
  it('starts with the defaults and the given settings', () => {
    expect(new BehaviorSource({ tokens: 3 }).nextRequest()).toEqual({ ...DEFAULT_BEHAVIOR, tokens: 3 });
  });

  it('applies limited changes in order, on top of the current behavior', () => {
    const source = new BehaviorSource();
    source.once({ tokens: 1 }, 2);
    source.once({});
    source.once({ stall: true });
    source.merge({ reply: 'x' });
    const seen = Array.from({ length: 5 }, () => {
      const { tokens, stall, reply } = source.nextRequest();
      return { tokens, stall, reply };
    });
    const plain = { tokens: null, stall: false, reply: 'x' };
    expect(seen).toEqual([
      { ...plain, tokens: 1 },
      { ...plain, tokens: 1 },
      plain,
      { ...plain, stall: true },
      plain,
    ]);
  });

  it('separates changes for handshakes and for requests', () => {
    const source = new BehaviorSource();
    source.once({ refuse: 503, stall: true });
    expect(source.nextRequest().stall).toBe(true);
    expect(source.nextRequest().stall).toBe(false);
    expect(source.nextHandshake().refuse).toBe(503);
    expect(source.nextHandshake().refuse).toBeNull();
  });

  it('drops all changes on reset', () => {
    const source = new BehaviorSource({ tokens: 3 });
    source.merge({ tokens: 4 });
    source.once({ stall: true, refuse: 503 });
    source.reset();
    expect(source.nextRequest()).toMatchObject({ tokens: 3, stall: false });
    expect(source.nextHandshake().refuse).toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN])('rejects a change for %d events', (count) => {
    expect(() => new BehaviorSource().once({ stall: true }, count)).toThrow(RangeError);
  });
});

describe('checkBehavior', () => {
  it('returns the settings without undefined ones', () => {
    const given = { tokens: null, cut: 'end', reply: undefined } as unknown as Partial<Behavior>;
    expect(checkBehavior(given)).toEqual({ tokens: null, cut: 'end' });
  });

  it.each([
    [{ nope: 1 }, 'nope: no such behavior'],
    [{ toString: 1 }, 'toString: no such behavior'],
    [{ stall: 'true' }, 'stall: must be true or false'],
    [{ stall: null }, 'stall: must be true or false'],
    [{ tokensPerSecond: Number.POSITIVE_INFINITY }, 'tokensPerSecond: must be a number, 0 to 1000000'],
    [{ closeCode: 2000 }, 'closeCode: must be a close code'],
    [{ errorStyle: 'x' }, 'errorStyle: must be flag | string'],
    [null, 'a behavior is an object'],
  ])('refuses %j', (given, mistake) => expect(() => checkBehavior(given)).toThrow(mistake));

  it('accepts its own defaults', () => {
    expect(checkBehavior(DEFAULT_BEHAVIOR)).toEqual(DEFAULT_BEHAVIOR);
  });
});
