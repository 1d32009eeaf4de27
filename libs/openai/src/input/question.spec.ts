import { type LlmMessage } from '#llm';
import fc from 'fast-check';
import { questionOf, sentMessages } from './question.js';

const messages = (...texts: string[]): LlmMessage[] =>
  texts.map((text) => ({
    role: ({ s: 'system', u: 'user', a: 'assistant' } as const)[text[0] as 's' | 'u' | 'a'],
    content: text,
  }));
const sent = (...texts: string[]) => {
  const { message, history } = sentMessages(questionOf(messages(...texts), 'messages'));
  return [...history.map(({ content }) => content), `> ${message}`];
};

describe('the question of a request', () => {
  it.each<[string, string[], string[]]>([
    ['the last message of the user', ['u1', 'a1', 'u2'], ['u1', 'a1', '> u2']],
    ['system messages in their places', ['s1', 'u1', 'a1', 's2', 'u2'], ['s1', 'u1', 'a1', 's2', '> u2']],
    ['a system message after it', ['u1', 's1'], ['> u1\n\ns1']],
    ['a lone system message', ['s1'], ['> s1']],
    ['the last of several system messages', ['s1', 's2'], ['s1', '> s2']],
    ['a system message after an answer', ['u1', 'a1', 's1'], ['u1', 'a1', '> s1']],
    [
      'messages of the user in a row, as one',
      ['u1', 'u2', 'a1', 'u3', 'u4'],
      ['u1\n\nu2', 'a1', '> u3\n\nu4'],
    ],
    ['answers in a row, as one', ['u1', 'a1', 'a2', 'u2'], ['u1', 'a1\n\na2', '> u2']],
  ])('is %s', (_, given, expected) => {
    expect(sent(...given)).toEqual(expected);
  });

  it('says that an answer cannot be continued', () => {
    expect(() => sent('u1', 'a1')).toThrow('to continue an answer is not implemented');
  });

  it.each([[[]], [['u  '.slice(1)]]])('rejects %j: there is nothing to answer', (given: string[]) => {
    expect(() =>
      questionOf(
        given.map((content) => ({ role: 'user', content })),
        'input',
      ),
    ).toThrow('input must');
  });

  it('sends every text once, in order, and never two messages of the user or the assistant in a row', () => {
    const roles = fc.array(fc.constantFrom('s', 'u', 'a'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(roles, (given) => {
        fc.pre(given.at(-1) !== 'a');
        const texts = given.map((role, at) => `${role}${at}`);
        const { message, history } = sentMessages(questionOf(messages(...texts), 'messages'));
        expect([...history.map(({ content }) => content), message].join('\n\n')).toBe(texts.join('\n\n'));
        const sentRoles = [...history.map(({ role }) => role), 'user'];
        const spoken = sentRoles.filter((role, at) => role === sentRoles[at + 1] && role !== 'system');
        // A lone system message takes the place of the user's.
        if (given.at(-1) === 'u') expect(spoken).toEqual([]);
      }),
    );
  });
});
