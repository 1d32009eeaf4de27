import { blocksOf, htmlOf } from './parse';

const html = (text: string): string => htmlOf(blocksOf(text)).trim();

describe('htmlOf', () => {
  it.each([
    ['HTML as text', 'a <b onclick="x()">b</b>', '<p>a &lt;b onclick=&quot;x()&quot;&gt;b&lt;/b&gt;</p>'],
    ['a block of HTML as text', '<script>x()</script>', '<p>&lt;script&gt;x()&lt;/script&gt;</p>'],
    ['text in a tag as written', '<kbd>a & b <3</kbd>', '<p>&lt;kbd&gt;a &amp; b &lt;3&lt;/kbd&gt;</p>'],
    ['the lines of an unknown tag', '<think>\none\ntwo', '<p>&lt;think&gt;<br>one<br>two</p>'],
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

  it('renders lists and emphasis in unknown tags', () => {
    expect(html('<think>\n- **a**\n\nb\n</think>')).toBe(
      '<p>&lt;think&gt;</p>\n<ul>\n<li><strong>a</strong></li>\n</ul>\n<p>b<br>&lt;/think&gt;</p>',
    );
  });

  it.each([
    'Age 1~3, 80~100 cm',
    '约~5分钟~左右',
    'H~2~O',
    'costs $5 or $10',
    'US$5-$10, A$7 and $HOME/$USER:${PATH}',
    'a\n$ b$',
    'C:\\temp\\_new\\_file, \\\\server\\share\\_a and src\\_a\\b',
    '**(x)**y',
  ])('shows %j as written', (text) => {
    expect(html(text)).toBe(`<p>${text.replace('\n', '<br>')}</p>`);
  });

  it.each([
    ['~~gone~~', '<del>gone</del>'],
    ['~~「gone」~~で', '<del>「gone」</del>で'],
    ['**注意：**请先备份', '<strong>注意：</strong>请先备份'],
    ['文**「重要」**です', '文<strong>「重要」</strong>です'],
    ['*不变。*源码', '<em>不变。</em>源码'],
    ['**100%**完成', '<strong>100%</strong>完成'],
    ['**제목:**내용', '<strong>제목:</strong>내용'],
    ['**`a`**𠮷', '<strong><code>a</code></strong>𠮷'],
    ['**Note:** *a*b', '<strong>Note:</strong> <em>a</em>b'],
    [String.raw`snake\_case`, 'snake_case'],
    [String.raw`\$5 and 50\%`, '$5 and 50%'],
    [String.raw`\[1\](x)`, '[1](x)'],
  ])('renders %j', (text, expected) => {
    expect(html(text)).toBe(`<p>${expected}</p>`);
  });

  it.each([
    [String.raw`$x_1 * y_2 * z_3$`, false],
    [String.raw`$\$5 + x$`, false],
    [String.raw`\(a_1 + b_{2}\)`, false],
    [String.raw`$$\underbrace{\{1,2\}}_{P_1},\underbrace{\{3\}}_{P_2}$$`, true],
    ['$$\na\n- b\n=\n\n+ c\n$$', true],
    ['\\[\n# x_1\n\\]', true],
    ['\\begin{align}\na &= b \\\\\n\nc_1 &= d\n\\end{align}', true],
  ])('keeps the source of the formula %j', (text, isDisplay) => {
    const source = text.replaceAll('&', '&amp;');
    expect(html(text)).toBe(`<p><span class="formula${isDisplay ? ' is-display' : ''}">${source}</span></p>`);
  });

  it.each([
    ['in a sentence', 'so $a$, \\(b\\) and 公式$c$成立', 3],
    ['in emphasis, which ends outside of them', '*a $x*y$ b* **$z$**', 2],
    ['in lists, quotes and tables', '- $$\n  a\n  $$\n\n> \\[b\\]\n\n| $c$ |\n| - |\n| $d$ |', 4],
    ['not in code', '`$a$`\n\n```\n\\(a\\)\n```', 0],
    ['not if they never end', '$$\na\n\n\\(b and $c', 0],
  ])('recognizes formulas %s', (_name, text, count) => {
    expect(html(text).match(/class="formula/g) ?? []).toHaveLength(count);
  });

  it('renders task lists without form elements', () => {
    expect(html('- [x] done\n- [ ] open')).toMatch(/<li class="task">☑ done[^]*<li class="task">☐ open/);
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
