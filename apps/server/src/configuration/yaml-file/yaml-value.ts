import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { type Mistake } from './mistake.js';
import { childOf, type Pointer } from './pointer.js';

/** More than this is no list of servers: aliases of aliases can make a short text very large. */
const MAX_VALUES = 100_000;

/** Where a key and its value start, as offsets in the text. In a list both are the same. */
export interface Place {
  key: number;
  value: number;
}

/** What a YAML document says, and where it says so. */
export interface YamlValue {
  value: unknown;
  places: ReadonlyMap<Pointer, Place>;
  mistakes: Mistake[];
}

/**
 * Reads a document that has no syntax errors.
 *
 * @param readText what each text stands for
 */
export function yamlValue(document: Document, readText: (text: string, at: Pointer) => string): YamlValue {
  const reader = new Reader(document, readText);
  const root = document.contents;
  const start = root?.range?.[0] ?? 0;
  return { value: reader.read(root, '', start, start), places: reader.places, mistakes: reader.mistakes };
}

class Reader {
  readonly places = new Map<Pointer, Place>();
  readonly mistakes: Mistake[] = [];
  readonly #open = new Set<Node>();
  #left = MAX_VALUES;
  readonly #document: Document;
  readonly #readText: (text: string, at: Pointer) => string;

  constructor(document: Document, readText: (text: string, at: Pointer) => string) {
    this.#document = document;
    this.#readText = readText;
  }

  /** @param fallback where an empty value is said to be */
  read(node: unknown, at: Pointer, key: number | undefined, fallback: number): unknown {
    const value = isNode(node) ? (node.range?.[0] ?? fallback) : fallback;
    this.places.set(at, { key: key ?? value, value });
    if (this.#left-- <= 0) return this.#refuse('', 'says more than a file of this kind can');
    if (!isNode(node)) return null;
    if (!isAlias(node)) return this.#valueOf(node, at, value);
    const target = node.resolve(this.#document);
    if (target === undefined) return this.#refuse(at, 'is an alias (*) without an anchor (&) before it');
    return this.#open.has(target)
      ? this.#refuse(at, 'is an alias (*) of what it is a part of')
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

  #refuse(at: Pointer, message: string): null {
    if (!this.mistakes.some((mistake) => mistake.at === at)) this.mistakes.push({ at, message });
    return null;
  }
}
