import { PathMap } from './path-map.js';

describe('PathMap', () => {
  it('finds the values at their paths only', () => {
    const map = new PathMap<{ name: string }>();
    const paths = [
      ['a', 'b', 1],
      ['a', 'b', 2],
      ['a', 'c', 1],
      ['ab', '', 1],
      ['', 'ab', 1],
    ];
    for (const path of paths) map.add(path, { name: path.join('/') });
    expect(paths.map((path) => map.get(path)?.name)).toEqual(['a/b/1', 'a/b/2', 'a/c/1', 'ab//1', '/ab/1']);
    expect(map.values.map(({ name }) => name)).toEqual(paths.map((path) => path.join('/')));
    expect([map.get(['a', 'd', 1]), map.get(['x', 'b', 1]), map.get(['a', 'b', '1'])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
