import { bodyBounds, type JsonBounds } from '#problems';

const mib = 1024 * 1024;

/** The limits of imports and exports. */
export const transferLimits = {
  /** Most bytes of a document that is imported. */
  maxImportBytes: 64 * mib,
  /** Most messages of it. */
  maxMessages: 100_000,
  /** Most bytes of UTF-8 of one message's text: that of the longest answer that is stored. */
  maxContentBytes: 16 * mib,
  /**
   * Imports in progress. Each holds up to `maxImportBytes` in memory, and one connection to the database in the end.
   */
  imports: { perOwner: 1, total: 2 },
  /** Exports in progress. Each holds a few pages in memory. */
  exports: { perOwner: 8, total: 32 },
  /** How long an import or export may keep the event loop, in milliseconds. */
  sliceMs: 5,
  /** Bytes that are parsed between two checks of the clock. */
  parseBytes: 8 * 1024,
  /** Rows, and bytes of JSON, that one statement stores. A single longer message goes alone. */
  chunkRows: 500,
  chunkBytes: 512 * 1024,
  /** Rows, and bytes of text, that one statement of an export reads. A single longer message comes alone. */
  pageRows: 500,
  pageBytes: mib,
} as const;

/** The shape of an imported document: keys and elements are counted for each message by itself. */
export const importBounds: JsonBounds = {
  ...bodyBounds,
  maxElements: transferLimits.maxMessages,
  maxValues: 20_000,
  unitDepth: 2,
};
