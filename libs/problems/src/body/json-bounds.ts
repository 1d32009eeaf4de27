/** Upper bounds of the shape of a JSON text, within which it is cheap to parse, copy and validate. */
export interface JsonBounds {
  /** Nesting depth; `{}` has depth 1. */
  maxDepth: number;
  /** Keys per object. */
  maxKeys: number;
  /** Elements per array. */
  maxElements: number;
  /** Keys and elements in total; see `unitDepth`. */
  maxValues: number;
  /**
   * `maxValues` applies separately to each element of arrays at this depth, such as 2 for the array of
   * `{"messages":[…]}`. 0: to the whole text.
   */
  unitDepth: number;
  /** Bytes per key, before unescaping. */
  maxKeyBytes: number;
  /** Bytes per number, `true`, `false` or `null`. */
  maxLiteralBytes: number;
  /** Whether keys such as `__proto__` are allowed: only for texts that are not parsed into objects. */
  allowsAnyKey?: boolean;
}

/**
 * The bounds of request bodies that are not streamed. 2,500 keys are more than fit into 16 KiB of metadata; 10,000 elements
 * are the most messages that an operation accepts.
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

/** The bounds of a query string, above the number of parameters of any operation. */
export const queryBounds = {
  /** Names per query. */
  maxNames: 50,
  /** Values per name. */
  maxValuesOfName: 50,
} as const;
