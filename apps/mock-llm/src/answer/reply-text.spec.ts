import { findSum } from './arithmetic.js';
import { type HistoryMessage, replyText } from './reply-text.js';

const ada: HistoryMessage[] = [
  { role: 'user', content: 'Hello, my name is Ada.' },
  { role: 'assistant', content: 'Hi Ada' },
  { role: 'user', content: 'I like lighthouses' },
  { role: 'assistant', content: 'Me too' },
];
const ask = (message: string, history: HistoryMessage[] = [], seed = 1) =>
  replyText({ message, history, seed });

describe('replyText', () => {
  it.each([
    ['Hello', [], /How can I help/],
    ['hi there', ada, /How can I help.*4 messages/],
    ['What is 2 + 3 * 4?', [], /^2 \+ 3 \* 4 = 14\.$/],
    ['Do you remember what I said?', [], /first message I have seen/],
    ['Do you remember what I said?', ada, /4 messages .*“Hello, my name is Ada\.”.*“I like lighthouses”/],
    ['What is my name?', ada, /^Your name is Ada\./],
    ['What is my name?', [], /not told me your name/],
    ['How do tides work in harbours?', [], /“tides work harbours”/],
    ['', [], /./],
    ['?!', [], /\bthat\b/],
  ])('%j', (message, history, answer) => expect(ask(message, history)).toMatch(answer));

  it('does not count the question itself as history', () => {
    const history = [...ada, { role: 'user', content: 'Hello' }];
    expect(ask('Hello', history)).toContain('4 messages');
  });

  it('writes Markdown with a list, a table and a code block when asked to', () => {
    for (const message of ['write code for sorting', 'use markdown', 'a long answer please']) {
      const answer = ask(message);
      expect(answer).toMatch(/^1\. /m);
      expect(answer).toMatch(/^\|---/m);
      expect(answer).toMatch(/^```\w+\n[^`]+\n```$/m);
    }
  });

  it('depends on question and seed alone', () => {
    const questions = Array.from({ length: 20 }, (_, i) => `Question about harbour number ${i}`);
    const answers = questions.map((question) => ask(question));
    expect(questions.map((question) => ask(question))).toEqual(answers);
    expect(new Set(answers).size).toBe(20);
    expect(questions.map((question) => ask(question, [], 2))).not.toEqual(answers);
  });

  it('contains non-ASCII text in some answers', () => {
    const answers = Array.from({ length: 50 }, (_, i) => ask(`Question about harbour number ${i}`));
    const withEmoji = answers.filter((answer) => /\p{Extended_Pictographic}/u.test(answer));
    expect(withEmoji.length).toBeGreaterThan(5);
    expect(withEmoji.length).toBeLessThan(50);
  });

  it('quotes the beginning of long messages, without splitting a character', () => {
    const answer = ask('What did I say?', [{ role: 'user', content: '🙂'.repeat(5_000) }]);
    expect(answer).toContain(`“${'🙂'.repeat(80)}…”`);
  });
});

describe('findSum', () => {
  it.each([
    ['2+2', 4],
    ['10 - 4 - 3', 3],
    ['2 * 3 + 4 × 5', 26],
    ['8 ÷ 2 / 2', 2],
    ['0.1 + 0.2', 0.3],
    ['1/0', Infinity],
  ])('%s', (text, value) => expect(findSum(`so ${text}?`)).toEqual({ expression: text, value }));

  it.each(['no numbers', '42', '2026-11-23', '3/4/2026', 'a - b'])('finds none in %s', (text) => {
    expect(findSum(text)).toBeUndefined();
  });
});
