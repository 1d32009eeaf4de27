import { Marked, type MarkedExtension, type Token, type Tokens, type TokensList } from 'marked';
import { ContextLexer } from './context-lexer';
import { formulaBlockAt, formulaBlockStart } from './formula-source';
import { maxPathCharacters, restOfPath } from './literal-path';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const formulasAndPaths: MarkedExtension = {
  extensions: [
    {
      name: 'formulaBlock',
      level: 'block',
      start: formulaBlockStart,
      tokenizer(text): Tokens.Generic | undefined {
        const formula = formulaBlockAt(text);
        return formula && { type: 'formulaBlock', ...formula };
      },
      renderer: ({ raw }) => `<p>${formulaHtml(raw.trim(), true)}</p>\n`,
    },
    {
      name: 'formula',
      level: 'inline',
      start(text): number | undefined {
        return this.lexer instanceof ContextLexer ? this.lexer.nextDollar(text) : undefined;
      },
      tokenizer(text): Tokens.Generic | undefined {
        if (!/^[$\\]/.test(text) || !(this.lexer instanceof ContextLexer)) return undefined;
        const formula = this.lexer.formulaAt(text);
        return formula && { type: 'formula', ...formula };
      },
      renderer: ({ raw, isDisplay }) => formulaHtml(raw, isDisplay === true),
    },
    {
      name: 'path',
      level: 'inline',
      tokenizer(text): Tokens.Generic | undefined {
        if (!text.startsWith('\\') || !(this.lexer instanceof ContextLexer)) return undefined;
        const raw = restOfPath(this.lexer.before(text, maxPathCharacters), text);
        return raw === undefined ? undefined : { type: 'text', raw, text: raw };
      },
    },
  ],
};

/**
 * GitHub Flavored Markdown with formulas. HTML in it is shown as text, and images as links. All headings become `h3`, the
 * level below an answer on the page; a class keeps the look of their depth.
 */
const marked = new Marked(formulasAndPaths, {
  gfm: true,
  breaks: true,
  tokenizer: {
    // Without blocks of HTML, the lines of an unknown tag such as <think> are Markdown like all others.
    html: () => undefined,
    tag(text) {
      const raw = this.rules.inline.tag.exec(text)?.[0];
      if (raw === undefined) return undefined;
      return { type: 'html', raw, text: raw, block: false, inLink: false, inRawBlock: false };
    },
  },
  renderer: {
    heading({ tokens, depth }) {
      const html = this.parser.parseInline(tokens);
      // While a heading arrives, its `#` signs may come first.
      return html === '' ? '' : `<h3 class="depth-${depth}">${html}</h3>`;
    },
    listitem({ task, tokens }) {
      return `<li${task ? ' class="task"' : ''}>${this.parser.parse(tokens)}</li>\n`;
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    html: ({ text }) => escaped(text),
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text === '' ? href : text)}</a>`,
  },
});

/** The blocks of a text, each with its source in `raw`, and the links that the text defines in `links`. */
export function blocksOf(text: string): TokensList {
  return new ContextLexer({ ...marked.defaults }).lex(text);
}

/** The HTML of blocks. It has to be sanitized before it is shown. */
export function htmlOf(blocks: readonly Token[]): string {
  return marked.parser([...blocks]);
}

/** The source of a formula, which is typeset later. */
function formulaHtml(raw: string, isDisplay: boolean): string {
  return `<span class="formula${isDisplay ? ' is-display' : ''}">${escaped(raw)}</span>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}
