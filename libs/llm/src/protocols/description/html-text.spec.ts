import fc from 'fast-check';
import { compileProtocol } from './compile.js';
import { htmlText, maxHtmlDepth } from './html-text.js';

describe('the text of HTML', () => {
  it.each([
    ['plain', 'plain'],
    ['<span>Hel</span>', 'Hel'],
    [' lo', ' lo'],
    ['<div id="chat" hx-swap-oob="beforeend">\n  <span> you</span>\n</div>', ' you'],
    ['a &lt;b&gt; &amp; c &#39;d&#39; &eacute;', "a <b> & c 'd' é"],
    ['one<br>two<br/>three', 'one\ntwo\nthree'],
    ['<p>one</p><p>two</p>', 'one\n\ntwo\n\n'],
    ['<ul><li>one</li><li>two</li></ul>after', 'one\ntwo\n\nafter'],
    ['one\n   two', 'one two'],
    ['<pre>a\n  b</pre>', 'a\n  b\n\n'],
    ['a<script>alert(1)</script><style>p{}</style><template>x</template>b', 'ab'],
    ['<!-- comment -->a', 'a'],
    ['a < b', 'a < b'],
    ['', ''],
  ])('%j is %j', (html, text) => {
    expect(htmlText(html)).toBe(text);
  });

  it('has at most 100 levels', () => {
    const nested = (depth: number) => `${'<b>'.repeat(depth)}x${'</b>'.repeat(depth)}`;
    expect(htmlText(nested(maxHtmlDepth))).toBe('x');
    expect(() => htmlText(nested(maxHtmlDepth + 1))).toThrow('its HTML is nested deeper than 100 elements');
    expect(() => htmlText('<i>'.repeat(1_000_000))).toThrow('its HTML is nested deeper than 100 elements');
  });

  it('is a text or a named error for anything', () => {
    const parts = fc.constantFrom(
      '<',
      '>',
      '</',
      '<p>',
      '</p>',
      '<pre>',
      '<br',
      '&',
      '&lt',
      ';',
      '"',
      '=',
      '!--',
      'a',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), (html) => {
        expect(typeof htmlText(html.join(''))).toBe('string');
      }),
    );
  });

  it('is that of pieces and ends', () => {
    const protocol = compileProtocol({
      name: 'x',
      frames: 'text',
      request: { send: '{{message}}' },
      end: { when: { $: { starts_with: '<div id="whole"' } }, text: '$', format: 'html' },
      delta: [
        { when: { $: { contains: 'data-all' } }, text: '$', format: 'html', mode: 'cumulative' },
        { text: '$', format: 'html' },
      ],
    });
    const eventOf = (frame: string) => protocol.decode(frame).event;
    expect(eventOf('<b>a</b> &amp;')).toEqual({ type: 'delta', text: 'a &' });
    expect(eventOf('<p data-all>Hel</p>')).toEqual({ type: 'text', text: 'Hel' });
    expect(eventOf('<div id="whole"><p>Hello</p></div>')).toMatchObject({ type: 'end', text: 'Hello' });
    expect(() => eventOf('<b>'.repeat(200))).toThrow('nested deeper');
  });
});
