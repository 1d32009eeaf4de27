import { bodyBounds, type JsonBounds } from '#problems';

const mib = 1024 * 1024;

/** The limits of imports and exports. */
export const transferLimits = {
  /** Largest size of an imported document, in bytes. */
  maxImportBytes: 64 * mib,
  /** Most messages in an imported document. */
  maxMessages: 100_000,
  /** Most conversations in an imported document. */
  maxConversations: 10_000,
  /** Largest text of a message, in bytes of UTF-8: that of the longest answer that is stored. */
  maxContentBytes: 16 * mib,
  /** Imports in progress. Each keeps up to `maxImportBytes` in memory, and at the end uses one connection to the database. */
  imports: { perOwner: 1, total: 2 },
  /** Exports in progress. Each keeps a few pages in memory. */
  exports: { perOwner: 8, total: 32 },
  /** How long an import may block the event loop, in milliseconds. */
  sliceMs: 5,
  /** Bytes parsed between two checks of the clock. */
  parseBytes: 8 * 1024,
  /** Rows, and bytes of JSON, that one statement stores. A longer message gets its own statement. */
  chunkRows: 500,
  chunkBytes: 512 * 1024,
  /** Rows, and bytes of text, that one statement of an export reads. A longer message gets its own statement. */
  pageRows: 500,
  pageBytes: mib,
} as const;

/** Bounds of the shape of an imported document. Keys and values are counted for each message separately. */
export const importBounds: JsonBounds = {
  ...bodyBounds,
  maxElements: transferLimits.maxMessages,
  maxValues: 20_000,
  unitDepth: 2,
};

/**
 * Bounds of the shape of documents of other programs. Only a few of their values are kept, which `JsonPicker` bounds, so any
 * number of values is allowed that fits into the document.
 */
export const foreignBounds: JsonBounds = {
  maxDepth: 10_000,
  maxKeys: Number.MAX_SAFE_INTEGER,
  maxElements: Number.MAX_SAFE_INTEGER,
  maxValues: Number.MAX_SAFE_INTEGER,
  unitDepth: 0,
  maxKeyBytes: 64 * 1024,
  maxLiteralBytes: bodyBounds.maxLiteralBytes,
  allowsAnyKey: true,
};
