import { ampersand, backslash, lowerCase, pending, percent, symbolAt, symbolsOf } from './symbols.js';

/** The result of {@link PatternAutomaton.scan}. */
export interface Scan {
  /** The positions of patterns, as pairs of start and end, in order; overlapping ones are joined. */
  spans: readonly number[];
  /** The position from which the text may be the start of a pattern or of an escape; the text's length if `isEnd`. */
  holdFrom: number;
}

/** The end of a text counts as a truncated pattern if at least this many symbols and half of the pattern match. */
const shortestBeginning = 8;

const noSpans: readonly number[] = [];

/**
 * Finds any of several patterns in one pass: the Aho-Corasick automaton ("Efficient string matching", 1975) over the symbols
 * of `symbols.ts`. Ignores case. Memory: four bytes × the symbols of all patterns × the number of different symbols.
 */
export class PatternAutomaton {
  /** The class of a symbol; 0: in no pattern. */
  readonly #asciiClasses = new Uint8Array(128);
  readonly #otherClasses = new Map<number, number>();
  readonly #width: number;
  /** The next state, by state and class. */
  readonly #next: Int32Array;
  /** Per state: symbols of the longest prefix of a pattern that the text ends with. */
  readonly #depth: Int32Array;
  /** Per state: symbols of the longest pattern that the text ends with; 0: none. */
  readonly #matched: Int32Array;
  /** Per state: symbols of the shortest pattern that continues from it. */
  readonly #shortest: Int32Array;
  /** The start positions of the last symbols, in a circular buffer. */
  readonly #starts: Int32Array;

  /** @param patterns at least one, none empty */
  constructor(patterns: readonly string[]) {
    const sequences = patterns.map(symbolsOf);
    this.#width = this.#classify(sequences);
    const states = 1 + sequences.reduce((sum, { length }) => sum + length, 0);
    this.#next = new Int32Array(states * this.#width);
    this.#depth = new Int32Array(states);
    this.#matched = new Int32Array(states);
    this.#shortest = new Int32Array(states);
    this.#addFailures(this.#addPatterns(sequences));
    const longest = Math.max(...sequences.map(({ length }) => length));
    this.#starts = new Int32Array(2 ** Math.ceil(Math.log2(longest + 1)));
  }

  /**
   * Searches a text in linear time.
   * @param isEnd whether no more text follows
   * @param covered the number of characters at the start that are known to belong to a pattern
   */
  scan(text: string, isEnd: boolean, covered = 0): Scan {
    const next = this.#next;
    const width = this.#width;
    const matchedSymbols = this.#matched;
    const asciiClasses = this.#asciiClasses;
    const starts = this.#starts;
    const mask = starts.length - 1;
    let spans: number[] | undefined = covered > 0 ? [0, covered] : undefined;
    let state = 0;
    let count = 0;
    let at = 0;
    while (at < text.length) {
      let code = text.charCodeAt(at);
      let length = 1;
      if (code === percent || code === backslash || code === ampersand) {
        const symbol = symbolAt(text, at, isEnd);
        if (symbol === pending) break;
        code = symbol & 0xffff;
        length = symbol >>> 16;
      }
      starts[count & mask] = at;
      count += 1;
      at += length;
      const symbolClass = code < 128 ? asciiClasses[code]! : this.#classOf(code);
      if (symbolClass === 0) {
        state = 0;
        continue;
      }
      state = next[state * width + symbolClass]!;
      const matched = matchedSymbols[state]!;
      if (matched > 0) addSpan((spans ??= []), starts[(count - matched) & mask]!, at);
    }
    const depth = this.#depth[state]!;
    const begins = depth === 0 ? at : starts[(count - depth) & mask]!;
    if (!isEnd) return { spans: spans ?? noSpans, holdFrom: begins };
    if (depth >= shortestBeginning && depth * 2 >= this.#shortest[state]!)
      addSpan((spans ??= []), begins, at);
    return { spans: spans ?? noSpans, holdFrom: text.length };
  }

  #classOf(code: number): number {
    return this.#otherClasses.get(code) ?? 0;
  }

  /** Gives each different symbol a number from 1. @returns the number of classes, including 0 */
  #classify(sequences: readonly (readonly number[])[]): number {
    let classes = 1;
    for (const symbol of new Set(sequences.flat())) {
      if (symbol < 128) this.#asciiClasses[symbol] = classes;
      else this.#otherClasses.set(symbol, classes);
      classes += 1;
    }
    for (let code = 0; code < 128; code += 1) {
      this.#asciiClasses[code] = this.#asciiClasses[lowerCase(code)]!;
    }
    return classes;
  }

  /** Builds the trie of the patterns. @returns the number of states */
  #addPatterns(sequences: readonly (readonly number[])[]): number {
    let states = 1;
    for (const sequence of sequences) {
      let state = 0;
      for (const symbol of sequence) {
        const edge = state * this.#width + this.#numberOf(symbol);
        if (this.#next[edge] === 0) {
          this.#depth[states] = this.#depth[state]! + 1;
          this.#next[edge] = states;
          states += 1;
        }
        state = this.#next[edge]!;
        const shortest = this.#shortest[state]!;
        this.#shortest[state] = shortest === 0 ? sequence.length : Math.min(shortest, sequence.length);
      }
      this.#matched[state] = sequence.length;
    }
    return states;
  }

  /**
   * Adds the failure transitions: if the next symbol does not continue a pattern, the search continues with the longest suffix
   * that is a prefix of a pattern.
   */
  #addFailures(states: number): void {
    const failure = new Int32Array(states);
    const queue = [0];
    for (const state of queue) {
      for (let symbolClass = 1; symbolClass < this.#width; symbolClass += 1) {
        const edge = state * this.#width + symbolClass;
        const child = this.#next[edge]!;
        const fallback = state === 0 ? 0 : this.#next[failure[state]! * this.#width + symbolClass]!;
        if (child === 0) {
          this.#next[edge] = fallback;
          continue;
        }
        failure[child] = fallback;
        if (this.#matched[child] === 0) this.#matched[child] = this.#matched[fallback]!;
        queue.push(child);
      }
    }
  }

  #numberOf(symbol: number): number {
    return symbol < 128 ? this.#asciiClasses[symbol]! : this.#otherClasses.get(symbol)!;
  }
}

/** Adds a span to ordered spans and joins it with those that it overlaps. No earlier span may begin after it. */
export function addSpan(spans: number[], start: number, end: number): void {
  let first = start;
  let last = end;
  while (spans.length > 0 && spans.at(-1)! > start) {
    last = Math.max(last, spans.pop()!);
    first = Math.min(first, spans.pop()!);
  }
  spans.push(first, last);
}
