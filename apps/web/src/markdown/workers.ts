import { type FormulaNode } from './formula-nodes';
import { type FormulaSource } from './formula-source';
import { type CodeToHighlight } from './highlight';
import { type HighlightedNode } from './highlighted-nodes';
import { type ParsedDocument } from './parsed-document';
import { startTrustedWorker } from './trusted-worker';
import { WorkerClient } from './worker-client';

/** Maximum time to parse a text, to highlight a block of code or to typeset a formula, in ms. 20,000 characters take about 10 ms. */
const limitMs = 1_500;

// The build looks for `new Worker(new URL(…))`, bundles the file and inserts its URL.
const Worker = class {
  readonly started: globalThis.Worker;
  constructor(url: URL, options?: WorkerOptions) {
    this.started = startTrustedWorker(url, options);
  }
};

/** Parses Markdown outside the main thread. */
export const parser = new WorkerClient<string, ParsedDocument>(
  () => new Worker(new URL('./parser.worker', import.meta.url), { type: 'module' }).started,
  limitMs,
);

/** Highlights code outside the main thread. */
export const highlighter = new WorkerClient<CodeToHighlight, HighlightedNode[]>(
  () => new Worker(new URL('./highlighter.worker', import.meta.url), { type: 'module' }).started,
  limitMs,
);

/** Typesets formulas outside the main thread. */
export const typesetter = new WorkerClient<readonly FormulaSource[], (FormulaNode[] | null)[]>(
  () => new Worker(new URL('./typesetter.worker', import.meta.url), { type: 'module' }).started,
  limitMs,
);
