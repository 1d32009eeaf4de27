import { type LlmMessage } from '#llm';
import { questionOf } from '../input/question.js';
import { systemMessagesOf } from './system-messages.js';

const message = (text: string): LlmMessage => ({
  role: text.startsWith('s') ? 'system' : text.startsWith('u') ? 'user' : 'assistant',
  content: text,
});

describe('the places of system messages in a request', () => {
  it.each<[string, string[], [string, number][]]>([
    ['none', ['u1'], []],
    ['at the beginning', ['s1', 'u1', 'a1', 'u2'], [['s1', 3]]],
    ['in the middle', ['u1', 'a1', 's1', 'u2'], [['s1', 1]]],
    [
      'after the question',
      ['u1', 's1', 's2'],
      [
        ['s1', 0],
        ['s2', 0],
      ],
    ],
    ['before messages of the user that are sent as one', ['u1', 's1', 'u2', 'u3'], [['s1', 1]]],
    ['between answers that are sent as one', ['a1', 's1', 'a2', 'u1'], [['s1', 2]]],
  ])('%s', (_, texts, expected) => {
    const found = systemMessagesOf(questionOf(texts.map(message), 'input'));
    expect(found.map(({ content, before }) => [content, before])).toEqual(expected);
  });
});
