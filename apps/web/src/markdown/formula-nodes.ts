/** A piece of a typeset formula as plain data, which a worker can post: text or an element. */
export type FormulaNode = string | FormulaElement;

/** An element of a typeset formula. */
export interface FormulaElement {
  tag: string;
  /** Its XML namespace; undefined for HTML. */
  namespace: string | undefined;
  className: string;
  /** By the names of `CSSStyleDeclaration`, such as `marginRight`. */
  style: Record<string, string>;
  attributes: Record<string, string>;
  children: FormulaNode[];
}

/** The part of `Element` with which KaTeX creates a formula; records it as plain data. */
export class RecordedElement implements FormulaElement {
  className = '';
  readonly style: Record<string, string> = {};
  readonly attributes: Record<string, string> = {};
  readonly children: FormulaNode[] = [];

  constructor(
    readonly tag: string,
    readonly namespace: string | undefined = undefined,
  ) {}

  set textContent(text: string) {
    this.children.splice(0, this.children.length, ...(text === '' ? [] : [text]));
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes[name] = String(value);
  }

  appendChild(node: FormulaNode): void {
    if (typeof node !== 'string' && node.tag === '') this.children.push(...node.children);
    else this.children.push(node);
  }
}

/** The part of `document` that KaTeX uses. */
export const recordingDocument = {
  createElement: (tag: string) => new RecordedElement(tag),
  createElementNS: (namespace: string, tag: string) => new RecordedElement(tag, namespace),
  createTextNode: (text: string) => text,
  createDocumentFragment: () => new RecordedElement(''),
};

/** How many nodes there are. */
export function countNodes(nodes: readonly FormulaNode[]): number {
  return nodes.reduce((sum, node) => sum + (typeof node === 'string' ? 1 : 1 + countNodes(node.children)), 0);
}

/**
 * Creates DOM nodes. No HTML is generated, so none has to be parsed and sanitized. Styles are set as properties, which the
 * page's policy allows; it forbids `style` attributes.
 */
export function toFormulaElements(nodes: readonly FormulaNode[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const node of nodes) {
    if (typeof node === 'string') {
      fragment.append(node);
      continue;
    }
    const element =
      node.namespace === undefined
        ? document.createElement(node.tag)
        : (document.createElementNS(node.namespace, node.tag) as HTMLElement);
    if (node.className !== '') element.setAttribute('class', node.className);
    for (const [name, value] of Object.entries(node.attributes)) element.setAttribute(name, value);
    Object.assign(element.style, node.style);
    element.append(toFormulaElements(node.children));
    fragment.append(element);
  }
  return fragment;
}
