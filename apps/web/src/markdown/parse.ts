import { Marked, type Token, type TokensList } from 'marked';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * GitHub Flavored Markdown. HTML in it is shown as text, and images as links. All headings become `h3`, the level below an
 * answer on the page; a class keeps the look of their depth.
 */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    heading({ tokens, depth }) {
      const html = this.parser.parseInline(tokens);
      // While a heading arrives, its `#` signs may come first.
      return html === '' ? '' : `<h3 class="depth-${depth}">${html}</h3>`;
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text === '' ? href : text)}</a>`,
  },
});

/** The blocks of a text, each with its source in `raw`, and the links that the text defines in `links`. */
export function blocksOf(text: string): TokensList {
  return marked.lexer(text);
}

/** The HTML of blocks. It has to be sanitized before it is shown. */
export function htmlOf(blocks: readonly Token[]): string {
  return marked.parser([...blocks]);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}
