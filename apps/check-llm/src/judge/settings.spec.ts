import { LlmFrameError } from '#llm';
import { type ConnectionsFacts, type SharedFacts } from '../probe/facts.js';
import { type TwoOutcome } from './concurrency.js';
import { expectations, late } from '../testing/scripted-facts.js';
import { type Measurements } from './measurements.js';
import { settingsFor } from './settings.js';

const measured: Measurements = {
  connectMs: 20,
  firstTokenMs: 1_000,
  tokensPerSecond: 100,
  isEstimated: false,
  longestGapMs: 50,
  answerMs: 2_000,
  pingMs: 1,
};
const all: ConnectionsFacts = { attempted: 8, opened: 8, error: undefined };

/** The recommended value of one setting. */
function recommended(
  name: string,
  {
    expected = expectations(),
    measurements = measured,
    connections = all,
    shared = undefined as SharedFacts | undefined,
    ambiguous = [late('x')],
    two = undefined as TwoOutcome | undefined,
  } = {},
): string | undefined {
  const settings = settingsFor(expected, measurements, connections, shared, ambiguous, two);
  return settings.find((setting) => setting.name === name)?.value;
}

describe('settingsFor', () => {
  it('names current value and reason', () => {
    const [multiplex] = settingsFor(expectations(), measured, all, undefined, []);
    expect(multiplex).toEqual({
      name: 'LLM_MULTIPLEX',
      value: 'false',
      now: 'false',
      why: 'guide carries one request at a time',
    });
  });

  it.each<[SharedFacts, string]>([
    [{ errors: [], isConcurrent: true }, 'true'],
    [{ errors: [], isConcurrent: undefined }, 'true'],
    [{ errors: [], isConcurrent: false }, 'false'],
    [{ errors: [new LlmFrameError('x')], isConcurrent: undefined }, 'false'],
  ])('LLM_MULTIPLEX for %j: %s', (shared, value) => {
    expect(recommended('LLM_MULTIPLEX', { shared })).toBe(value);
  });

  it('LLM_REUSE=never for ambiguous frames on shared connections only', () => {
    expect(recommended('LLM_REUSE')).toBe('never');
    expect(recommended('LLM_REUSE', { ambiguous: [] })).toBeUndefined();
    expect(recommended('LLM_REUSE', { expected: expectations({}, { reuse: 'answer' }) })).toBeUndefined();
  });

  it.each([
    [8, 100, '100'],
    [3, 100, '3'],
    [3, 2, '2'],
    [0, 100, '1'],
  ])('LLM_MAX_CONNECTIONS with %i of 8 accepted, now %i: %s', (opened, maxConnections, value) => {
    const expected = expectations({ maxConnections });
    expect(recommended('LLM_MAX_CONNECTIONS', { expected, connections: { ...all, opened } })).toBe(value);
  });

  it('raises timeouts to five times the measured maximum, and never lowers them', () => {
    expect(recommended('LLM_FIRST_TOKEN_TIMEOUT')).toBe('15');
    const slow = { ...measured, firstTokenMs: 4_000 };
    expect(recommended('LLM_FIRST_TOKEN_TIMEOUT', { measurements: slow })).toBe('20');
    expect(recommended('LLM_CONNECT_TIMEOUT')).toBe('5');
    expect(recommended('LLM_IDLE_TIMEOUT', { measurements: { ...measured, longestGapMs: 3_500 } })).toBe(
      '18',
    );
  });

  it('LLM_TIMEOUT allows for an answer of the maximum length', () => {
    // 1 s to the first token and 1,000 tokens at 10 per second: 101 s, and half of that in reserve.
    expect(recommended('LLM_TIMEOUT', { measurements: { ...measured, tokensPerSecond: 10 } })).toBe('152');
    expect(recommended('LLM_TIMEOUT')).toBe('60');
    const unknownRate = { ...measured, tokensPerSecond: undefined, answerMs: 20_000 };
    expect(recommended('LLM_TIMEOUT', { measurements: unknownRate })).toBe('100');
  });

  it.each([
    ['fails', 100, '1'],
    ['sequential', 100, '2'],
    ['sequential', 1, '1'],
    ['parallel', 100, '100'],
  ] as const)('LLM_MAX_CONNECTIONS if two at once are %s, now %i: %s', (two, maxConnections, value) => {
    expect(recommended('LLM_MAX_CONNECTIONS', { expected: expectations({ maxConnections }), two })).toBe(
      value,
    );
  });

  it('recommends no timeout above LLM_TIMEOUT, which would stop the start', () => {
    const slow = { ...measured, firstTokenMs: 50_000, answerMs: undefined };
    expect(recommended('LLM_FIRST_TOKEN_TIMEOUT', { measurements: slow })).toBe('250');
    expect(recommended('LLM_TIMEOUT', { measurements: slow })).toBe('250');
  });

  it('names the key of the description where that sets a limit', () => {
    const expected = expectations({ firstTokenTimeoutMs: 90_000, ownLimits: ['first_token'] });
    expect(recommended('limits.first_token', { expected })).toBe('90');
    expect(recommended('LLM_FIRST_TOKEN_TIMEOUT', { expected })).toBeUndefined();
  });

  it('leaves out what was not measured', () => {
    const nothing = { ...measured, connectMs: undefined, longestGapMs: undefined, answerMs: undefined };
    const names = settingsFor(expectations(), nothing, undefined, undefined, []).map(({ name }) => name);
    expect(names).toEqual(['LLM_MULTIPLEX', 'LLM_FIRST_TOKEN_TIMEOUT']);
  });
});
