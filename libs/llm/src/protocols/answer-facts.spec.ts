import { SecretRedactor } from '../redaction/secret-redactor.js';
import { asMetadata, boundedEnd, maxMetadataBytes } from './answer-facts.js';
import { type AnswerFacts } from './protocol.js';

const redactor = new SecretRedactor({ secrets: ['sk-canary-0123'] });

function bounded(facts: AnswerFacts) {
  return boundedEnd({ type: 'end', ...facts, finishReason: facts.finishReason ?? 'completed' }, redactor);
}

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

describe('the metadata of an answer', () => {
  it.each([
    ['10 levels', nested(10), 'kept'],
    ['11 levels', nested(11), 'left out'],
    ['4,000 levels', nested(4_000), 'left out'],
    ['16 KiB', { a: 'x'.repeat(maxMetadataBytes - 8) }, 'kept'],
    ['one byte more', { a: 'x'.repeat(maxMetadataBytes - 7) }, 'left out'],
    ['16 KiB in characters, more in bytes', { a: 'é'.repeat(maxMetadataBytes - 8) }, 'left out'],
    ['many keys', Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n])), 'left out'],
    ['many parts', { a: Array.from({ length: 1_000_000 }, () => 0) }, 'left out'],
    ['a forbidden key', JSON.parse('{"a":{"__proto__":{"b":1}}}'), 'left out'],
  ])('of %s are %s', (_, value, outcome) => {
    const { end, reduced } = bounded({ metadata: value as Record<string, unknown> });
    expect(end.metadata).toEqual(outcome === 'kept' ? value : {});
    expect(reduced).toEqual(outcome === 'kept' ? [] : ['metadata']);
  });

  it('give the same result when bounded twice', () => {
    const oversized = asMetadata(nested(11));
    expect(bounded({ metadata: oversized }).reduced).toEqual(['metadata']);
    expect(bounded({ metadata: {} }).reduced).toEqual([]);
    expect(asMetadata([1])).toBeUndefined();
  });

  it('are redacted in keys and values', () => {
    const { end } = bounded({ metadata: { 'sk-canary-0123': ['SK-CANARY-0123'] } });
    expect(end.metadata).toEqual({ '[secret]': ['[secret]'] });
  });
});

describe('the other facts of an answer', () => {
  it.each([
    [3, 3],
    [2 ** 31, 2 ** 31 - 1],
    [Number.MAX_SAFE_INTEGER, 2 ** 31 - 1],
    [1e308, 2 ** 31 - 1],
    [-5, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['7', undefined],
  ])('count %s tokens as %s', (said, counted) => {
    const { end, reduced } = bounded({ usage: { totalTokens: said as number } });
    expect(end.usage).toEqual(counted === undefined ? {} : { totalTokens: counted });
    expect(reduced).toEqual(counted === said ? [] : ['usage']);
  });

  it('include the total if the server counts only input and output', () => {
    const usage = (parts: AnswerFacts['usage']) => bounded({ usage: parts });
    const both = usage({ inputTokens: 5, outputTokens: 7 });
    expect(both.end.usage).toEqual({ inputTokens: 5, outputTokens: 7, totalTokens: 12 });
    expect(both.reduced).toEqual([]);
    expect(usage({ outputTokens: 7 }).end.usage).toEqual({ outputTokens: 7 });
    expect(usage({ inputTokens: 5, outputTokens: 7, totalTokens: 20 }).end.usage).toMatchObject({
      totalTokens: 20,
    });
    const most = 2 ** 31 - 1;
    expect(usage({ inputTokens: most, outputTokens: most }).end.usage).toMatchObject({ totalTokens: most });
  });

  it('have names that are short, printable and redacted', () => {
    const { end } = bounded({
      model: `\u001b[31m sk-canary-0123\r\n${'m'.repeat(500)}`,
      finishReason: 'a\0b\u202ec',
    });
    expect(end.model).toMatch(/^ \[31m \[secret\] {2}m{100,}$/);
    expect(end.model).toHaveLength(200);
    expect(end.finishReason).toBe('a\ufffdb c');
  });
});
