import { RoundRobinBalancer } from './round-robin-balancer.js';

/** Picks once from each list of candidates. `'a3b1'`: endpoints with their weights. */
const picks = (weights: string, rounds: readonly string[]): string => {
  const endpoints = [...weights.matchAll(/([a-z])(\d)/g)].map(([, name, weight]) => ({
    name: name!,
    weight: Number(weight),
  }));
  const balancer = new RoundRobinBalancer<(typeof endpoints)[number]>();
  return rounds
    .map((names) => balancer.pick(endpoints.filter(({ name }) => names.includes(name))).name)
    .join('');
};
const times = (count: number, names: string): string[] => Array.from({ length: count }, () => names);

describe('RoundRobinBalancer', () => {
  it.each([
    ['each in turn', 'a1b1c1', times(7, 'abc'), 'abcabca'],
    ['the only candidate', 'a1b1c1', times(3, 'b'), 'bbb'],
    ['the next one if a candidate is missing', 'a1b1c1', ['abc', 'ac', 'abc', 'abc'], 'acbc'],
    ['endpoints with more weight more often, evenly distributed', 'a3b1', times(8, 'ab'), 'aabaaaba'],
    ['in proportion to the weights', 'a5b3c2', times(10, 'abc'), 'abcabaacba'],
  ])('picks %s', (_, weights, rounds, expected) => {
    expect([...picks(weights, rounds)].sort()).toEqual([...expected].sort());
    if (weights.includes('1')) expect(picks(weights, rounds)).toBe(expected);
  });
});
