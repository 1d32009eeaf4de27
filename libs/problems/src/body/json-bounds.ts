/** Bounds of the shape of a JSON text. A text within them is cheap to parse, copy and validate. */
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
   * The depth of arrays for each of whose elements `maxValues` applies separately: 2 for the array of
   * `{"messages":[…]}`. 0: none.
   */
  unitDepth: number;
  /** Most bytes of a key, as it is written. */
  maxKeyBytes: number;
  /** Most bytes of a number, `true`, `false` or `null`, as it is written. */
  maxLiteralBytes: number;
}

/**
 * The bounds of every request body without bounds of its own. 2,500 keys are more than fit into 16 KiB of metadata, and
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
