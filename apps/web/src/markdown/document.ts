import { type Token } from 'marked';
import { languageOf } from './code-block';
import { type Block, grow } from './growth';
import { blocksOf } from './parse';
import { patch } from './patch';
import { render } from './render';

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
  #frame: number | undefined;
  #busyUntil = 0;
  #highlight: Highlight | undefined;

  constructor(private readonly host: HTMLElement) {}

  /** Shows a text: at once if it is whole, else in the next frame that there is time for. */
  update(text: string, isWhole: boolean): void {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#isWhole = isWhole;
    if (isWhole) {
      this.#render();
      return;
    }
    this.#timer ??= setTimeout(
      () => (this.#frame = requestAnimationFrame(() => this.#render())),
      Math.max(0, this.#busyUntil - performance.now()),
    );
  }

  destroy(): void {
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  #render(): void {
    this.destroy();
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
    this.#place(this.#settled, shown);
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
    this.#place(0, tokens.filter(isShown));
    void this.#colour();
  }

  /** Makes the blocks from `first` on what the tokens say; those that say the same stay. */
  #place(first: number, tokens: readonly Token[]): void {
    tokens.forEach((token, index) => {
      const at = first + index;
      const old = this.#blocks[at];
      if (old?.token.raw === token.raw) return;
      if (old !== undefined && grow(old, token, render)) return;
      const element = render(token);
      if (old === undefined) this.host.append(element);
      else patch(old.element, element);
      this.#blocks[at] = { token, element: old?.element ?? element };
    });
    this.#cut(first + tokens.length);
    if (tokens.length > 1) void this.#colour(first + tokens.length - 1);
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
      await new Promise((resolve) => setTimeout(resolve));
      const coloured = this.#highlight(code.textContent ?? '', languageOf(code));
      if (coloured !== undefined) code.replaceChildren(coloured);
    }
  }
}

function isShown({ type }: Token): boolean {
  return type !== 'space' && type !== 'def';
}
