import { type Block, growBlock, growthSteps } from './block-growth';
import { languageOf } from './code-block';
import { Formulas } from './formulas';
import { toElements } from './highlighted-nodes';
import { type BlockToken, isShown, type ParsedDocument, withinBounds } from './parsed-document';
import { patchElement } from './patch-element';
import { renderBlock } from './render-block';
import { TimeSlices } from './time-slices';
import { highlighter, parser } from './workers';

/** After a rendering, the main thread is left to other work for this many times its duration. */
const idleFactor = 4;

/**
 * Renders a Markdown text into an element, block by block. A worker parses the text, and the blocks are rendered in time
 * slices, so that no text keeps the main thread busy, however long or unusual it is. While the text grows, only its last
 * blocks are parsed and rendered again, because earlier blocks cannot change anymore. A complete text is parsed once more as
 * a whole. A text that takes too long to parse is shown as plain text.
 */
export class MarkdownDocument {
  #blocks: Block[] = [];
  /** How many blocks at the beginning cannot change anymore, and their source. */
  #finalBlocks = 0;
  #finalSource = '';
  #text = '';
  #isComplete = false;
  #isTooSlow = false;
  #isRendering = false;
  #isDestroyed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;
  #busyUntil = 0;
  readonly #slices = new TimeSlices();
  readonly #formulas = new Formulas(this.#slices);

  readonly #host: HTMLElement;
  readonly #onSettled: () => void;

  /** @param onSettled called when a complete text is shown with its code highlighted and its formulas typeset */
  constructor(host: HTMLElement, onSettled: () => void) {
    this.#host = host;
    this.#onSettled = onSettled;
  }

  /** Shows a text: immediately if it is complete, otherwise in a later frame. */
  update(text: string, isComplete: boolean): void {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#isComplete = isComplete;
    // The rendering in progress continues with the newest text when it is done.
    if (!this.#isRendering) this.#schedule();
  }

  /** Stops rendering. */
  destroy(): void {
    this.#isDestroyed = true;
    this.#cancel();
  }

  #schedule(): void {
    if (this.#isComplete) {
      this.#cancel();
      void this.#renderText();
      return;
    }
    this.#timer ??= setTimeout(
      () => (this.#frame = requestAnimationFrame(() => void this.#renderText())),
      Math.max(0, this.#busyUntil - performance.now()),
    );
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  async #renderText(): Promise<void> {
    this.#cancel();
    this.#isRendering = true;
    const [text, isComplete] = [this.#text, this.#isComplete];
    const startMs = this.#slices.busyMs;
    if (this.#isTooSlow) this.#showPlain(text);
    else if (isComplete) await this.#renderWhole(text);
    else await this.#renderRest(text);
    this.#isRendering = false;
    if (this.#isDestroyed) return;
    this.#busyUntil = performance.now() + (this.#slices.busyMs - startMs) * idleFactor;
    if (text !== this.#text || isComplete !== this.#isComplete) this.#schedule();
    else if (isComplete) this.#onSettled();
  }

  async #renderRest(text: string): Promise<void> {
    if (!text.startsWith(this.#finalSource)) this.#resetFinal();
    const parsed = await this.#parse(text, this.#finalSource.length);
    if (parsed === undefined) return;
    const blocks = withinBounds(this.#finalBlocks, parsed.blocks);
    const shown = blocks.filter(isShown);
    await this.#replaceBlocks(this.#finalBlocks, shown);
    const last = shown.at(-1);
    for (const token of blocks) {
      if (token === last || last === undefined) break;
      this.#finalSource += token.raw;
      if (isShown(token)) this.#finalBlocks += 1;
    }
  }

  /** Renders all blocks again if the text defines links: a definition at the end applies to the whole text. */
  async #renderWhole(text: string): Promise<void> {
    this.#resetFinal();
    const parsed = await this.#parse(text, 0);
    if (parsed === undefined) return;
    if (parsed.hasLinks) this.#truncate(0);
    await this.#replaceBlocks(0, withinBounds(0, parsed.blocks).filter(isShown));
    await Promise.all([this.#highlight(), this.#formulas.typeset(this.#host)]);
  }

  /** Undefined if there is nothing left to render: the document was destroyed, or shows the text as plain text. */
  async #parse(text: string, from: number): Promise<ParsedDocument | undefined> {
    const parsed = await parser.call(text.slice(from));
    if (this.#isDestroyed) return undefined;
    if (parsed === undefined) this.#showPlain(text);
    return parsed;
  }

  #showPlain(text: string): void {
    const token = { type: 'plain' as const, raw: text };
    const [plain] = this.#isTooSlow ? this.#blocks : [];
    this.#isTooSlow = true;
    if (plain !== undefined && growBlock(plain, token, renderBlock)) return;
    const element = renderBlock(token);
    this.#host.replaceChildren(element);
    this.#blocks = [{ token, element }];
  }

  /** Replaces the blocks from index `first` on. Blocks with unchanged source are kept. */
  async #replaceBlocks(first: number, tokens: readonly BlockToken[]): Promise<void> {
    for (const [index, token] of tokens.entries()) {
      const at = first + index;
      const old = this.#blocks[at];
      if (old?.token.raw === token.raw) continue;
      for (const step of growthSteps(old?.token, token)) {
        await this.#slices.run(() => this.#replaceBlock(at, step));
        if (this.#isDestroyed) return;
      }
    }
    this.#truncate(first + tokens.length);
    if (tokens.length > 1) void this.#highlight(first + tokens.length - 1);
    void this.#formulas.typeset(this.#host);
  }

  #replaceBlock(at: number, token: BlockToken): void {
    const old = this.#blocks[at];
    if (old !== undefined && growBlock(old, token, this.#render)) return;
    const element = this.#render(token);
    if (old === undefined) this.#host.append(element);
    else if (old.element.className === element.className) patchElement(old.element, element);
    else old.element.replaceWith(element);
    const isKept = old?.element.isConnected === true;
    this.#blocks[at] = { token, element: isKept ? old.element : element };
  }

  readonly #render = (token: BlockToken): HTMLElement => {
    const element = renderBlock(token);
    this.#formulas.fill(element);
    return element;
  };

  #truncate(length: number): void {
    for (const { element } of this.#blocks.splice(length)) element.remove();
  }

  #resetFinal(): void {
    this.#finalBlocks = 0;
    this.#finalSource = '';
  }

  /** Highlights the code in the blocks before index `end`, which are complete. */
  async #highlight(end = this.#blocks.length): Promise<void> {
    const codes = this.#blocks
      .slice(0, end)
      .flatMap(({ element }) => [...element.querySelectorAll('pre > code:not(.highlighted)')]);
    for (const code of codes) code.classList.add('highlighted');
    for (const code of codes) {
      const text = code.textContent ?? '';
      const nodes = await highlighter.call({ code: text, language: languageOf(code) });
      if (nodes === undefined || code.textContent !== text) continue;
      await this.#slices.run(() => code.replaceChildren(toElements(nodes)));
    }
  }
}
