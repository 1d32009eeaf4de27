import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { type Mistake } from './mistake.js';
import { childOf, type Pointer } from './pointer.js';

/** The most values of a file: with aliases of aliases, a short text can expand to a very large value. */
const MAX_VALUES = 100_000;

/** The offsets in the text at which a key and its value start. The same for items of a list. */
export interface Offsets {
  key: number;
  value: number;
}

/** The value of a YAML document, with the offsets of its parts. */
export interface YamlValue {
  value: unknown;
  offsets: ReadonlyMap<Pointer, Offsets>;
  mistakes: Mistake[];
}

/**
 * Converts a document without syntax errors to a value.
 * @param readText converts each text of the document
 */
export function yamlValue(document: Document, readText: (text: string, at: Pointer) => string): YamlValue {
  const reader = new Reader(document, readText);
  const root = document.contents;
  const start = root?.range?.[0] ?? 0;
  return { value: reader.read(root, '', start, start), offsets: reader.offsets, mistakes: reader.mistakes };
}

class Reader {
  readonly offsets = new Map<Pointer, Offsets>();
  readonly mistakes: Mistake[] = [];
  readonly #open = new Set<Node>();
  #remaining = MAX_VALUES;
  readonly #document: Document;
  readonly #readText: (text: string, at: Pointer) => string;

  constructor(document: Document, readText: (text: string, at: Pointer) => string) {
    this.#document = document;
    this.#readText = readText;
  }

  /** @param fallback the offset of a value that is not in the text */
  read(node: unknown, at: Pointer, key: number | undefined, fallback: number): unknown {
    const value = isNode(node) ? (node.range?.[0] ?? fallback) : fallback;
    this.offsets.set(at, { key: key ?? value, value });
    if (this.#remaining-- <= 0) return this.#reject('', `contains more than ${MAX_VALUES} values`);
    if (!isNode(node)) return null;
    if (!isAlias(node)) return this.#valueOf(node, at, value);
    const target = node.resolve(this.#document);
    if (target === undefined) return this.#reject(at, 'is an alias (*) without an anchor (&) before it');
    return this.#open.has(target)
      ? this.#reject(at, 'is an alias (*) of a value that contains it')
      : this.#valueOf(target, at, value);
  }

  #valueOf(node: Node, at: Pointer, start: number): unknown {
    if (isScalar(node)) return typeof node.value === 'string' ? this.#readText(node.value, at) : node.value;
    this.#open.add(node);
    try {
      if (isSeq(node))
        return node.items.map((item, index) => this.read(item, childOf(at, index), undefined, start));
      if (!isMap(node)) return null;
      const entries = node.items.map(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : '';
        const keyAt = isNode(key) ? (key.range?.[0] ?? start) : start;
        return [name, this.read(value, childOf(at, name), keyAt, keyAt)] as const;
      });
      return Object.fromEntries(entries);
    } finally {
      this.#open.delete(node);
    }
  }

  #reject(at: Pointer, message: string): null {
    if (!this.mistakes.some((mistake) => mistake.at === at)) this.mistakes.push({ at, message });
    return null;
  }
}
