import { type LlmMessage } from '#llm';
import fc from 'fast-check';
import { afterUnanswered, earlierTurns } from './history-turns.js';

/** `u:one a:1` as messages. */
const messages = (text: string): LlmMessage[] =>
  text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => ({ role: part.startsWith('u') ? 'user' : 'assistant', content: part.slice(2) }));
const turnsOf = (text: string, maxMessages = 50, maxChars = 1_000) => {
  const { messages: sent, unanswered } = earlierTurns(messages(text).reverse(), maxMessages, maxChars);
  return [sent.map(({ role, content }) => `${role[0]}:${content}`).join(' '), unanswered];
};

describe('earlierTurns', () => {
  it.each([
    ['whole turns', 'u:one a:1 u:two a:2', 'u:one a:1 u:two a:2', ''],
    ['nothing', '', '', ''],
    ['an answer without its question', 'a:1 u:two a:2', 'u:two a:2', ''],
    ['messages of one role in a row', 'u:one u:two a:1 a:2', 'u:one\n\ntwo a:1\n\n2', ''],
    ['messages without an answer at the end', 'u:one a:1 u:two u:three', 'u:one a:1', 'two\n\nthree'],
  ])('sends %s', (_, text, sent, unanswered) => {
    expect(turnsOf(text)).toEqual([sent, unanswered]);
  });

  it.each([
    [4, 1_000, 'u:one a:1 u:two a:2'],
    [3, 1_000, 'u:two a:2'],
    [2, 1_000, 'u:two a:2'],
    [1, 1_000, ''],
    [50, 8, 'u:one a:1 u:two a:2'],
    [50, 7, 'u:two a:2'],
    [50, 3, ''],
  ])('keeps whole turns within %i messages and %i characters', (maxMessages, maxChars, sent) => {
    expect(turnsOf('u:one a:1 u:two a:2', maxMessages, maxChars)[0]).toBe(sent);
  });

  it('counts messages without an answer first', () => {
    expect(turnsOf('u:one a:1 u:two', 50, 6)).toEqual(['', 'two']);
    expect(turnsOf('u:one a:1 u:two', 50, 2)).toEqual(['', '']);
  });

  it('alternates, and begins with the user, whatever was stored', () => {
    const stored = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string() }));
    fc.assert(
      fc.property(stored, fc.nat(12), fc.nat(60), (rows, maxMessages, maxChars) => {
        const { messages: sent, unanswered } = earlierTurns(rows, maxMessages, maxChars);
        sent.forEach(({ role }, at) => expect(role).toBe(at % 2 === 0 ? 'user' : 'assistant'));
        expect(sent.length % 2).toBe(0);
        expect(sent.length).toBeLessThanOrEqual(maxMessages);
        const chars = sent.reduce((sum, { content }) => sum + content.length, unanswered.length);
        expect(chars).toBeLessThanOrEqual(maxChars);
      }),
    );
  });
});

describe('afterUnanswered', () => {
  it('puts the message after those before it', () => {
    expect([afterUnanswered('', 'two'), afterUnanswered('one', 'two')]).toEqual(['two', 'one\n\ntwo']);
  });
});
