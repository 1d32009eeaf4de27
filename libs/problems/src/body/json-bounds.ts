/** What the shape of a JSON text is bounded by. A text within these bounds costs little to parse, copy and validate. */
export interface JsonBounds {
  /** Deepest nesting; `{}` has depth 1. */
  maxDepth: number;
  /** Most keys of one object. */
  maxKeys: number;
  /** Most elements of one array. */
  maxElements: number;
  /** Most keys and elements in total; see `unitDepth`. */
  maxValues: number;
  /**
   * The depth of the arrays whose elements are counted for `maxValues` each by itself: 2 for those of `{"messages":[…]}`. 0
   * for none.
   */
  unitDepth: number;
  /** Most bytes of a key, as it is written. */
  maxKeyBytes: number;
  /** Most bytes of a number, `true`, `false` or `null`, as it is written. */
  maxLiteralBytes: number;
}

/**
 * The bounds of every request body that has none of its own. 2,500 keys are more than fit into 16 KiB of metadata, and
 * 10,000 elements are the most messages that any operation takes.
 */
export const bodyBounds: JsonBounds = {
  maxDepth: 32,
  maxKeys: 2_500,
  maxElements: 10_000,
  maxValues: 100_000,
  unitDepth: 0,
  maxKeyBytes: 1_024,
  maxLiteralBytes: 1_024,
};

/** The bounds of a query string: more parameters than any operation has. */
export const queryBounds = {
  /** Most names. */
  maxNames: 50,
  /** Most values of one name. */
  maxValuesOfName: 50,
} as const;
