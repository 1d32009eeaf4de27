import { titleParts } from './title-parts';

const marked = (title: string, query: string): string =>
  titleParts(title, query)
    .map(({ text, hit }) => (hit ? `[${text}]` : text))
    .join('');

describe('titleParts', () => {
  it.each([
    ['Three days in Lisbon', 'lisbon', 'Three days in [Lisbon]'],
    ['Lisbon and Lisbon', 'LISB', '[Lisb]on and [Lisb]on'],
    ['Three days in Lisbon', 'days "lisbon"', 'Three [days] in [Lisbon]'],
    ['a.b (c)', '.*(', 'a.b (c)'],
    ['北京三日', '三日', '北京[三日]'],
    ['Nothing', 'else', 'Nothing'],
    ['Nothing', '', 'Nothing'],
  ])('marks in %j the words of %j', (title, query, expected) => {
    expect(marked(title, query)).toBe(expected);
  });
});
