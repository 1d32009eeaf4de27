import { Hooks, Lexer, type MarkedOptions, type Token, Tokenizer } from 'marked';
import { punctuationMark, withCjkAsPunctuation, withoutFormulas } from './emphasis-mask';
import { FormulaFinder, type FormulaSource } from './formula-source';

/**
 * marked's lexer, with emphasis beside Chinese, Japanese and Korean, and without emphasis in formulas. Its extensions can
 * look at the text before the place that is parsed: marked passes only the rest to them.
 */
export class ContextLexer extends Lexer {
  /** The paragraph, cell or emphasized text whose parts are parsed. */
  #text = '';
  #formulas = new FormulaFinder('');
  readonly #hooks = Object.assign(new Hooks(), {
    emStrongMask: (masked: string): string =>
      withCjkAsPunctuation(withoutFormulas(masked, this.#text, this.#formulas)),
  });

  /** @param options are changed */
  constructor(options: MarkedOptions) {
    super(options);
  }

  override inlineTokens(text: string, tokens?: Token[]): Token[] {
    const outer = { text: this.#text, formulas: this.#formulas };
    this.#parse(text, new FormulaFinder(text));
    try {
      return super.inlineTokens(text, tokens);
    } finally {
      this.#parse(outer.text, outer.formulas);
    }
  }

  /** The formula at the beginning of the rest of the text. */
  formulaAt(rest: string): FormulaSource | undefined {
    return this.#formulas.at(this.#text.length - rest.length);
  }

  /** The index of the next dollar sign in the rest of the text; Infinity if there is none. */
  nextDollar(rest: string): number {
    const at = this.#text.length - rest.length;
    return this.#formulas.nextDollar(at) - at;
  }

  /** At most so many characters before the rest of the text. */
  before(rest: string, count: number): string {
    const end = this.#text.length - rest.length;
    return this.#text.slice(Math.max(0, end - count), end);
  }

  /** marked looks for links, which may take quadratic time, if any of these are changed, even without emphasis. */
  #parse(text: string, formulas: FormulaFinder): void {
    this.#text = text;
    this.#formulas = formulas;
    const hasEmphasis = /[*_~]/.test(text);
    this.options.hooks = hasEmphasis ? this.#hooks : null;
    const { emStrong, del } = hasEmphasis ? cjkEmphasis : Tokenizer.prototype;
    Object.assign(this.options.tokenizer ?? {}, { emStrong, del });
  }
}

const cjkEmphasis: Pick<Tokenizer, 'emStrong' | 'del'> = {
  emStrong(this: Tokenizer, text, masked, previous) {
    return Tokenizer.prototype.emStrong.call(this, text, masked, previousCharacter(text, masked, previous));
  },
  // One tilde is no markup: 1~3.
  del(this: Tokenizer, text, masked, previous) {
    if (!text.startsWith('~~')) return undefined;
    return Tokenizer.prototype.del.call(this, text, masked, previousCharacter(text, masked, previous));
  },
};

/** The character before the text, or a mark of punctuation if the masked text has one in its place. */
function previousCharacter(text: string, masked: string, previous = ''): string {
  return masked[masked.length - text.length - 1] === punctuationMark ? punctuationMark : previous;
}
