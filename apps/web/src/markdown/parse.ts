import { Marked, type Token, type TokensList } from 'marked';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Markdown as GitHub has it; markup that is written into it is shown as text, and a picture as a link to it. Headings are
 * those of one answer on the page, whatever their depth in the text: they keep its look in a class.
 */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    heading({ tokens, depth }) {
      const words = this.parser.parseInline(tokens);
      // While it is being written, only its signs are there.
      return words === '' ? '' : `<h3 class="depth-${depth}">${words}</h3>`;
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text === '' ? href : text)}</a>`,
  },
});

/** The blocks of a text, each with the source that it was made from. */
export function blocksOf(text: string): TokensList {
  return marked.lexer(text);
}

/** Still to be cleaned. */
export function htmlOf(blocks: readonly Token[]): string {
  return marked.parser([...blocks]);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}
