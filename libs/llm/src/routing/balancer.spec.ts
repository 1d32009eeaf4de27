import { RoundRobinBalancer } from './balancer.js';

const picks = (rounds: readonly string[], order = 'abc') => {
  const balancer = new RoundRobinBalancer([...order]);
  return rounds.map((candidates) => balancer.pick([...candidates])).join('');
};

describe('RoundRobinBalancer', () => {
  it.each([
    ['each in turn', ['abc', 'abc', 'abc', 'abc', 'abc'], 'abcab'],
    ['past the one that is missing', ['abc', 'ac', 'abc', 'abc'], 'acab'],
    ['the only candidate, whoever came before', ['b', 'b', 'abc', 'a', 'abc'], 'bbcab'],
    ['on from where it was when one comes back', ['ab', 'ab', 'abc', 'abc'], 'abca'],
    ['around the end', ['c', 'abc', 'c', 'ab', 'ab'], 'cacab'],
  ])('takes %s', (_, rounds, expected) => {
    expect(picks(rounds)).toBe(expected);
  });

  it('takes a stranger rather than none', () => {
    expect(picks(['x', 'abc'])).toBe('xa');
  });
});
