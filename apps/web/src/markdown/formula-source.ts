/** A formula in a text: LaTeX between delimiters. */
export interface FormulaSource {
  /** With its delimiters. */
  raw: string;
  /** On a line of its own, in the middle of the column. */
  isDisplay: boolean;
}

/** Maximum length of a formula with its delimiters, in characters. Longer ones stay text. */
const maxLength = 3_000;

/** A backslash escapes the next character; a blank line ends the search. */
const inDollars = /\$(?![\s$])(?:\\[^\n]|[^\\$\n]|\n(?![ \t]*\n))*\$/y;
/** Prices and shell variables (`$5 or $10`, `$HOME/$USER`) are no formulas. */
const wordCharacter = /[\w${]/;
const environment = /\\begin\{((?:align|alignat|equation|gather|eqnarray|multline|CD)\*?)\}/y;
const blockStart = /^ {0,3}(?=\$\$|\\\[|\\begin\{)/;

/** Finds the formulas of one text. Looking for all of them, from first to last, takes linear time. */
export class FormulaFinder {
  readonly #text: string;
  /** Where the next closing delimiter is, for each that was looked for, and from where. */
  readonly #next = new Map<string, { from: number; at: number }>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The formula that begins at an index; undefined if there is none. */
  at(index: number): FormulaSource | undefined {
    const two = this.#text.slice(index, index + 2);
    if (two === '$$') return this.#between(index, '$$', '$$');
    if (two.startsWith('$')) return this.#inDollars(index);
    if (two === '\\(') return this.#between(index, '\\(', '\\)');
    if (two === '\\[') return this.#between(index, '\\[', '\\]');
    if (two !== '\\b') return undefined;
    environment.lastIndex = index;
    const name = environment.exec(this.#text)?.[1];
    return name === undefined ? undefined : this.#between(index, `\\begin{${name}}`, `\\end{${name}}`);
  }

  /** The index of the next dollar sign; Infinity if there is none. */
  nextDollar(from: number): number {
    return this.#nextIndexOf('$', from);
  }

  #between(index: number, open: string, close: string): FormulaSource | undefined {
    const end = this.#nextIndexOf(close, index + open.length);
    if (end + close.length - index > maxLength) return undefined;
    if (this.#text.slice(index + open.length, end).trim() === '') return undefined;
    // An escaped link text: \[1\](https://…)
    if (open === '\\[' && this.#text[end + close.length] === '(') return undefined;
    return { raw: this.#text.slice(index, end + close.length), isDisplay: open !== '\\(' };
  }

  #nextIndexOf(close: string, from: number): number {
    const known = this.#next.get(close);
    if (known !== undefined && known.from <= from && from <= known.at) return known.at;
    const found = this.#text.indexOf(close, from);
    const at = found < 0 ? Number.POSITIVE_INFINITY : found;
    this.#next.set(close, { from, at });
    return at;
  }

  #inDollars(index: number): FormulaSource | undefined {
    if (wordCharacter.test(this.#text[index - 1] ?? '')) return undefined;
    inDollars.lastIndex = index;
    const raw = inDollars.exec(this.#text)?.[0];
    if (raw === undefined || raw.length > maxLength || /\s\$$/.test(raw.slice(-2))) return undefined;
    const after = this.#text[index + raw.length] ?? '';
    return wordCharacter.test(after) ? undefined : { raw, isDisplay: false };
  }
}

/**
 * The formula that takes the first lines of a text; undefined if there is none. It may contain blank lines and what would be
 * a list or a heading elsewhere.
 */
export function formulaBlockAt(text: string): FormulaSource | undefined {
  const indent = blockStart.exec(text)?.[0];
  if (indent === undefined) return undefined;
  const formula = new FormulaFinder(text.slice(0, maxLength)).at(indent.length);
  if (formula === undefined) return undefined;
  const length = indent.length + formula.raw.length;
  const lineEnd = /^[ \t]*(?:\n+|$)/.exec(text.slice(length))?.[0];
  return lineEnd === undefined ? undefined : { raw: text.slice(0, length) + lineEnd, isDisplay: true };
}

/** The index of the next line that begins a block with a formula; undefined if there is none before a blank line. */
export function formulaBlockStart(text: string): number | undefined {
  const start = text.slice(0, maxLength);
  const paragraph = start.split(/\n[ \t]*\n/, 1)[0] ?? '';
  for (const { index } of paragraph.matchAll(/\n(?= {0,3}(?:\$\$|\\\[|\\begin\{))/g)) {
    if (formulaBlockAt(text.slice(index + 1)) !== undefined) return index + 1;
  }
  return undefined;
}

/** LaTeX without its delimiters. An environment is part of the LaTeX. */
export function latexOf(raw: string): string {
  const text = raw.trim();
  if (text.startsWith('\\begin')) return text;
  const length = text.startsWith('$') && !text.startsWith('$$') ? 1 : 2;
  return text.slice(length, -length);
}
