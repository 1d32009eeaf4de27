import { type Emitter } from 'highlight.js';

/**
 * What highlight.js finds in code, as nodes: text, and spans that say what it is (`title.function` has the classes
 * `hljs-title function_`). No markup is written, so none has to be read and cleaned.
 */
export class ColouredNodes implements Emitter {
  readonly root = document.createElement('span');
  #open: Element = this.root;

  addText(text: string): void {
    this.#open.append(text);
  }

  /** Called in the place of startScope for what has parts. */
  openNode(scope: string): void {
    const span = document.createElement('span');
    const [first, ...others] = scope.split('.');
    span.classList.add(`hljs-${first}`, ...others.map((other, depth) => other + '_'.repeat(depth + 1)));
    this.#open.append(span);
    this.#open = span;
  }

  closeNode(): void {
    this.#open = (this.#open === this.root ? undefined : this.#open.parentElement) ?? this.root;
  }

  startScope(scope: string): void {
    this.openNode(scope);
  }

  endScope(): void {
    this.closeNode();
  }

  __addSublanguage(nodes: Emitter): void {
    if (nodes instanceof ColouredNodes) this.#open.append(nodes.root);
  }

  toHTML(): string {
    return '';
  }

  finalize(): void {
    this.#open = this.root;
  }
}
