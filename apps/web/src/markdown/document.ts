import { type Token } from 'marked';
import { clean } from './clean';
import { languageOf, withHead } from './code-block';
import { blocksOf, htmlOf } from './parse';

interface Block {
  source: string;
  element: HTMLElement;
}

type Highlight = typeof import('./highlight').highlighted;

/** After a rendering that took so long, this many times as long is left to everything else. */
const rest = 4;

/**
 * A Markdown text in an element, block by block. While it grows only its last blocks are read and rendered again: what
 * stands before them cannot change any more. When it is whole, it is read once as a whole.
 */
export class MarkdownDocument {
  #blocks: Block[] = [];
  /** Of the blocks that cannot change any more: how many, and their source. */
  #settled = 0;
  #settledSource = '';
  #text = '';
  #isWhole = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busyUntil = 0;
  #highlight: Highlight | undefined;

  constructor(private readonly host: HTMLElement) {}

  /** Shows a text; soon, if there is much else to do. */
  update(text: string, isWhole: boolean): void {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#isWhole = isWhole;
    const waitMs = isWhole ? 0 : this.#busyUntil - performance.now();
    if (waitMs <= 0) this.#render();
    else this.#timer ??= setTimeout(() => this.#render(), waitMs);
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  #render(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const begun = performance.now();
    if (this.#isWhole) this.#renderWhole();
    else this.#renderRest();
    const ended = performance.now();
    this.#busyUntil = ended + (ended - begun) * rest;
  }

  #renderRest(): void {
    if (!this.#text.startsWith(this.#settledSource)) this.#unsettle();
    const tokens = blocksOf(this.#text.slice(this.#settledSource.length));
    const shown = tokens.filter(isShown);
    this.#place(this.#settled, shown, true);
    const last = shown.at(-1);
    for (const token of tokens) {
      if (token === last || last === undefined) break;
      this.#settledSource += token.raw;
      if (isShown(token)) this.#settled += 1;
    }
  }

  /** What is defined at the end may be used at the beginning. */
  #renderWhole(): void {
    this.#unsettle();
    const tokens = blocksOf(this.#text);
    if (Object.keys(tokens.links).length > 0) this.#cut(0);
    this.#place(0, tokens.filter(isShown), false);
    void this.#colour();
  }

  /** Makes the blocks from `first` on what the tokens say; those that say the same stay. */
  #place(first: number, tokens: readonly Token[], isGrowing: boolean): void {
    tokens.forEach((token, index) => {
      const at = first + index;
      const old = this.#blocks[at];
      if (old?.source === token.raw) return;
      if (old !== undefined && isGrowing && grew(old, token)) return;
      const element = rendered(token);
      if (old === undefined) this.host.append(element);
      else old.element.replaceWith(element);
      this.#blocks[at] = { source: token.raw, element };
    });
    this.#cut(first + tokens.length);
    if (isGrowing && tokens.length > 1) void this.#colour(first + tokens.length - 1);
  }

  #cut(length: number): void {
    for (const { element } of this.#blocks.splice(length)) element.remove();
  }

  #unsettle(): void {
    this.#settled = 0;
    this.#settledSource = '';
  }

  /** Colours the code of blocks that are complete; `end` is not any more. */
  async #colour(end = this.#blocks.length): Promise<void> {
    const codes = this.#blocks
      .slice(0, end)
      .flatMap(({ element }) => [...element.querySelectorAll('pre > code:not(.coloured)')]);
    if (codes.length === 0) return;
    for (const code of codes) code.classList.add('coloured');
    this.#highlight ??= (await import('./highlight')).highlighted;
    for (const code of codes) {
      const coloured = this.#highlight(code.textContent ?? '', languageOf(code));
      if (coloured !== undefined) code.replaceChildren(coloured);
    }
  }
}

function isShown({ type }: Token): boolean {
  return type !== 'space' && type !== 'def';
}

/** A block of code that got longer: its text is added, nothing is rendered. */
function grew(block: Block, token: Token): boolean {
  if (token.type !== 'code' || !token.raw.startsWith(block.source)) return false;
  const code = block.element.querySelector('pre > code');
  const text = code?.firstChild;
  const whole = `${(token as { text: string }).text}\n`;
  if (!(text instanceof Text) || code?.childNodes.length !== 1) return false;
  const known = text.data.replace(/\n$/, '');
  const [language = ''] = ((token as { lang?: string }).lang ?? '').split(/\s/, 1);
  if (!whole.startsWith(known) || languageOf(code) !== language) return false;
  text.replaceData(known.length, text.length - known.length, whole.slice(known.length));
  block.source = token.raw;
  return true;
}

function rendered(token: Token): HTMLElement {
  const element = document.createElement('div');
  element.className = 'block';
  element.append(clean(htmlOf([token])));
  for (const pre of element.querySelectorAll('pre')) {
    const place = document.createComment('');
    pre.replaceWith(place);
    place.replaceWith(withHead(pre));
  }
  for (const table of element.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table-frame';
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  return element;
}
