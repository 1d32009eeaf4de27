import { Location, type DescriptionMistake } from './mistakes.js';
import { compilePath, compilePaths, compileText, MultipleValues } from './path.js';

const mistakes: DescriptionMistake[] = [];
const location = new Location('/p', mistakes);
const frame = {
  text: 'a',
  'a.b': { c: 1 },
  deep: { list: [{ text: 'x' }, { other: 1 }, { text: 'y' }], n: null },
  rows: [{ parts: [{ t: '1' }, { t: '2' }] }, { parts: [{ t: '3' }] }],
  d: { e: { f: { g: 'four' } } },
};

afterEach(() => mistakes.splice(0));

describe('a path', () => {
  it.each<[string, unknown]>([
    ['text', 'a'],
    ['$', frame],
    ['deep.list.0.text', 'x'],
    ['deep.list.1', { other: 1 }],
    ['deep.list.-1.text', 'y'],
    ['deep.list.-3.text', 'x'],
    ['deep.list.-4.text', undefined],
    ['deep.-1', undefined],
    ['a\\.b.c', 1],
    ['d.e.f.g', 'four'],
    ['deep.n', null],
    ['deep.n.x', undefined],
    ['text.length', undefined],
    ['nothing.at.all', undefined],
    ['toString', undefined],
    ['deep.list.*.text', new MultipleValues(['x', 'y'])],
    ['rows.*.parts.*.t', new MultipleValues(['1', '2', '3'])],
    ['rows.*.nothing', undefined],
    ['text.*', undefined],
  ])('%s finds its value', (path, expected) => {
    expect(compilePath(path, location)(frame)).toEqual(expected);
    expect(mistakes).toEqual([]);
  });

  it.each([
    ['a..b', /keys with dots/],
    ['', /keys with dots/],
    ['__proto__', /must not have __proto__/],
    ['a.constructor.name', /must not have __proto__/],
    ['a.prototype', /must not have __proto__/],
    [Array.from({ length: 17 }, () => 'a').join('.'), /more than 16/],
  ])('%s is invalid', (path, message) => {
    compilePath(path, location);
    expect(mistakes).toEqual([{ at: '/p', message: expect.stringMatching(message) }]);
  });

  it('reads no inherited value, even if the JSON contains __proto__', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"text":"inherited"},"a":{}}');
    expect(compilePath('text', location)(hostile)).toBeUndefined();
    expect(compilePath('a.hasOwnProperty', location)(hostile)).toBeUndefined();
  });

  it('may be a list: the first with a value, or with a text, counts', () => {
    expect(compilePaths(['no', 'deep.n', 'a\\.b.c', 'text'], location)!(frame)).toBe(1);
    expect(compilePaths([], location)).toBeUndefined();
    expect(compileText(['deep.n', 'deep.list', 'text'], location)!(frame)).toBe('a');
    expect(compileText('deep.list.*.text', location)!(frame)).toBe('xy');
    expect(compileText('deep.list', location)!(frame)).toBeUndefined();
  });
});
