import { type LlmMessage } from '#llm';
import { placeSystemMessages, remindersOf } from './place-system-messages.js';

const history: LlmMessage[] = [
  { role: 'user', content: 'u1' },
  { role: 'assistant', content: 'a1' },
];
const placed = (...system: [string, number][]): string[] =>
  placeSystemMessages(
    history,
    system.map(([content, before]) => ({ content, before })),
  ).map(({ content }) => content);

describe('system messages of a request in the history', () => {
  it('keep their places', () => {
    expect(placed(['s1', 3], ['s2', 1])).toEqual(['s1', 'u1', 'a1', 's2']);
    expect(placed(['s1', 2], ['s2', 2])).toEqual(['u1', 's1', 's2', 'a1']);
  });

  it('come first if the messages before them are no longer sent', () => {
    expect(placed(['s1', 9])).toEqual(['s1', 'u1', 'a1']);
  });

  it('are part of the message of the user if they follow it', () => {
    expect(placed(['s1', 0])).toEqual(['u1', 'a1']);
    expect(
      remindersOf([
        { content: 's0', before: 1 },
        { content: 's1', before: 0 },
      ]),
    ).toEqual(['s1']);
  });
});
