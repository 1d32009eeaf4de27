import { blocksOf, htmlOf } from './parse';

const html = (text: string): string => htmlOf(blocksOf(text)).trim();

describe('htmlOf', () => {
  it.each([
    ['HTML as text', 'a <b onclick="x()">b</b>', '<p>a &lt;b onclick=&quot;x()&quot;&gt;b&lt;/b&gt;</p>'],
    ['a block of HTML as text', '<script>x()</script>', '&lt;script&gt;x()&lt;/script&gt;'],
    ['an image as a link', '![a cat](http://a.b/c.png)', '<p><a href="http://a.b/c.png">a cat</a></p>'],
    [
      'an image without a text',
      '![](http://a.b/c.png)',
      '<p><a href="http://a.b/c.png">http://a.b/c.png</a></p>',
    ],
    ['quotes in the URL of an image', '![a](<http://a.b/">)', '<p><a href="http://a.b/&quot;">a</a></p>'],
    ['a heading of depth 1', '# Title', '<h3 class="depth-1">Title</h3>'],
    ['a heading of depth 4', '#### Title', '<h3 class="depth-4">Title</h3>'],
    ['line breaks', 'a\nb', '<p>a<br>b</p>'],
  ])('renders %s', (_name, text, expected) => {
    expect(html(text)).toBe(expected);
  });

  it('renders no heading before its text has arrived', () => {
    expect(html('##')).toBe('');
  });

  it('renders task lists without form elements', () => {
    expect(html('- [x] done\n- [ ] open')).toMatch(/☑ done[^]*☐ open/);
    expect(html('- [x] done')).not.toContain('<input');
  });
});

describe('blocksOf', () => {
  it('divides the whole text into blocks', () => {
    const text = '# Title\n\nA paragraph.\n\n```js\ncode\n```\n\n- a\n- b\n';
    const blocks = blocksOf(text);
    expect(blocks.map(({ raw }) => raw).join('')).toBe(text);
    expect(blocks.map(({ type }) => type).filter((type) => type !== 'space')).toEqual([
      'heading',
      'paragraph',
      'code',
      'list',
    ]);
  });

  it('collects the definitions of links', () => {
    expect(blocksOf('[a]\n\n[a]: https://a.b').links).toEqual({
      a: { href: 'https://a.b', title: undefined },
    });
  });
});
