import { conversation } from '../testing/messages';
import { dateGroups, shortTime } from './date-groups';

const now = new Date(2026, 10, 27, 9, 30);
const at = (id: string, ...date: [number, number, number, number?, number?]) =>
  conversation(id, { updated_at: new Date(...date).toISOString() });

describe('dateGroups', () => {
  it('groups by day, week, month and older months, in the order of the list', () => {
    const list = [
      at('a', 2026, 10, 27, 0, 1),
      at('b', 2026, 10, 26, 23, 59),
      at('c', 2026, 10, 25),
      at('d', 2026, 10, 20),
      at('e', 2026, 10, 19),
      at('f', 2026, 9, 28),
      at('g', 2026, 8, 30),
      at('h', 2025, 8, 30),
    ];
    expect(
      dateGroups(list, now).map(({ title, conversations }) => [title, conversations.map(({ id }) => id)]),
    ).toEqual([
      ['Today', ['a']],
      ['Yesterday', ['b']],
      ['Previous 7 days', ['c', 'd']],
      ['Previous 30 days', ['e', 'f']],
      ['September 2026', ['g']],
      ['September 2025', ['h']],
    ]);
  });

  it('counts a clock that is ahead as today', () => {
    expect(dateGroups([at('a', 2026, 10, 28)], now)[0]!.title).toBe('Today');
  });
});

describe('shortTime', () => {
  it.each([
    [new Date(2026, 10, 27, 8, 5), '08:05'],
    [new Date(2026, 10, 26, 8, 5), 'Nov 26'],
    [new Date(2025, 10, 26, 8, 5), 'Nov 26, 2025'],
  ])('of %s is %s', (date, text) => {
    expect(shortTime(date, now)).toBe(text);
  });
});
