import { type Emitter } from 'highlight.js';

/** A piece of highlighted code: text, or a scope of highlight.js (`title.function`) around other pieces. */
export type HighlightedNode = string | { scope: string; children: HighlightedNode[] };

/** Collects the output of highlight.js as plain data, which a worker can post. */
export class HighlightedNodes implements Emitter {
  readonly root: { scope: string; children: HighlightedNode[] } = { scope: '', children: [] };
  readonly #open = [this.root];

  addText(text: string): void {
    this.#open.at(-1)?.children.push(text);
  }

  /** Called instead of startScope for scopes with several parts. */
  openNode(scope: string): void {
    const node = { scope, children: [] };
    this.#open.at(-1)?.children.push(node);
    this.#open.push(node);
  }

  closeNode(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  startScope(scope: string): void {
    this.openNode(scope);
  }

  endScope(): void {
    this.closeNode();
  }

  __addSublanguage(nodes: Emitter): void {
    if (nodes instanceof HighlightedNodes) this.#open.at(-1)?.children.push(nodes.root);
  }

  toHTML(): string {
    return '';
  }

  finalize(): void {
    this.#open.splice(1);
  }
}

/** The text of nodes, without their scopes. */
export function textOf(nodes: readonly HighlightedNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('');
}

/**
 * Creates DOM nodes: text, and spans with the classes of their scope (`title.function`: `hljs-title function_`). No HTML is
 * generated, so none has to be parsed and sanitized.
 */
export function toElements(nodes: readonly HighlightedNode[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const node of nodes) {
    if (typeof node === 'string') {
      fragment.append(node);
      continue;
    }
    const span = document.createElement('span');
    const [first, ...others] = node.scope.split('.');
    if (node.scope !== '')
      span.classList.add(`hljs-${first}`, ...others.map((other, depth) => other + '_'.repeat(depth + 1)));
    span.append(toElements(node.children));
    fragment.append(span);
  }
  return fragment;
}
