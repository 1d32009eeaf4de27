import { languageOf } from './code-block';
import { type Block, grow, growthSteps } from './growth';
import { toElements } from './highlighted-nodes';
import { type BlockToken, isShown, type Parsed, withinBounds } from './parsed';
import { patch } from './patch';
import { render } from './render';
import { TimeSlices } from './time-slices';
import { highlighter, parser } from './workers';

/** After a rendering that took so long, this many times as long is left to everything else. */
const rest = 4;

/**
 * A Markdown text in an element, block by block. A worker parses it; the blocks are then placed in time slices, so that no
 * text, however long or odd, keeps the main thread busy. While the text grows only its last blocks are parsed and rendered
 * again: what stands before them cannot change any more. When it is whole, it is parsed once as a whole. A text that takes
 * too long to parse is shown as it was written.
 */
export class MarkdownDocument {
  #blocks: Block[] = [];
  /** Of the blocks that cannot change any more: how many, and their source. */
  #settled = 0;
  #settledSource = '';
  #text = '';
  #isWhole = false;
  #isTooSlow = false;
  #isRendering = false;
  #isDestroyed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;
  #busyUntil = 0;
  readonly #slices = new TimeSlices();

  readonly #host: HTMLElement;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Shows a text: at once if it is whole, else in the next frame that there is time for. */
  update(text: string, isWhole: boolean): void {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#isWhole = isWhole;
    // The rendering in progress continues with the newest text when it is done.
    if (!this.#isRendering) this.#schedule();
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#cancel();
  }

  #schedule(): void {
    if (this.#isWhole) {
      this.#cancel();
      void this.#render();
      return;
    }
    this.#timer ??= setTimeout(
      () => (this.#frame = requestAnimationFrame(() => void this.#render())),
      Math.max(0, this.#busyUntil - performance.now()),
    );
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  async #render(): Promise<void> {
    this.#cancel();
    this.#isRendering = true;
    const [text, isWhole] = [this.#text, this.#isWhole];
    const begun = this.#slices.busyMs;
    if (this.#isTooSlow) this.#showPlain(text);
    else if (isWhole) await this.#renderWhole(text);
    else await this.#renderRest(text);
    this.#isRendering = false;
    if (this.#isDestroyed) return;
    this.#busyUntil = performance.now() + (this.#slices.busyMs - begun) * rest;
    if (text !== this.#text || isWhole !== this.#isWhole) this.#schedule();
  }

  async #renderRest(text: string): Promise<void> {
    if (!text.startsWith(this.#settledSource)) this.#unsettle();
    const parsed = await this.#parse(text, this.#settledSource.length);
    if (parsed === undefined) return;
    const blocks = withinBounds(this.#settled, parsed.blocks);
    const shown = blocks.filter(isShown);
    await this.#place(this.#settled, shown);
    const last = shown.at(-1);
    for (const token of blocks) {
      if (token === last || last === undefined) break;
      this.#settledSource += token.raw;
      if (isShown(token)) this.#settled += 1;
    }
  }

  /** What is defined at the end may be used at the beginning. */
  async #renderWhole(text: string): Promise<void> {
    this.#unsettle();
    const parsed = await this.#parse(text, 0);
    if (parsed === undefined) return;
    if (parsed.hasLinks) this.#cut(0);
    await this.#place(0, withinBounds(0, parsed.blocks).filter(isShown));
    void this.#highlight();
  }

  /** Undefined if there is nothing left to do: the document was removed, or shows the text as plain text. */
  async #parse(text: string, from: number): Promise<Parsed | undefined> {
    const parsed = await parser.ask(text.slice(from));
    if (this.#isDestroyed) return undefined;
    if (parsed === undefined) this.#showPlain(text);
    return parsed;
  }

  #showPlain(text: string): void {
    const token = { type: 'plain' as const, raw: text };
    const [plain] = this.#isTooSlow ? this.#blocks : [];
    this.#isTooSlow = true;
    if (plain !== undefined && grow(plain, token, render)) return;
    const element = render(token);
    this.#host.replaceChildren(element);
    this.#blocks = [{ token, element }];
  }

  /** Makes the blocks from `first` on what the tokens say; those that say the same stay. */
  async #place(first: number, tokens: readonly BlockToken[]): Promise<void> {
    for (const [index, token] of tokens.entries()) {
      const at = first + index;
      const old = this.#blocks[at];
      if (old?.token.raw === token.raw) continue;
      for (const step of growthSteps(old?.token, token)) {
        await this.#slices.run(() => this.#placeOne(at, step));
        if (this.#isDestroyed) return;
      }
    }
    this.#cut(first + tokens.length);
    if (tokens.length > 1) void this.#highlight(first + tokens.length - 1);
  }

  #placeOne(at: number, token: BlockToken): void {
    const old = this.#blocks[at];
    if (old !== undefined && grow(old, token, render)) return;
    const element = render(token);
    if (old === undefined) this.#host.append(element);
    else if (old.element.className === element.className) patch(old.element, element);
    else old.element.replaceWith(element);
    const stays = old?.element.isConnected === true;
    this.#blocks[at] = { token, element: stays ? old.element : element };
  }

  #cut(length: number): void {
    for (const { element } of this.#blocks.splice(length)) element.remove();
  }

  #unsettle(): void {
    this.#settled = 0;
    this.#settledSource = '';
  }

  /** Highlights the code of blocks that are complete; `end` is not any more. */
  async #highlight(end = this.#blocks.length): Promise<void> {
    const codes = this.#blocks
      .slice(0, end)
      .flatMap(({ element }) => [...element.querySelectorAll('pre > code:not(.coloured)')]);
    for (const code of codes) code.classList.add('coloured');
    for (const code of codes) {
      const text = code.textContent ?? '';
      const nodes = await highlighter.ask({ code: text, language: languageOf(code) });
      if (nodes === undefined || code.textContent !== text) continue;
      await this.#slices.run(() => code.replaceChildren(toElements(nodes)));
    }
  }
}
