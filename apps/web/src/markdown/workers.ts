import { type CodeToHighlight } from './highlight';
import { type HighlightedNode } from './highlighted-nodes';
import { type Parsed } from './parsed';
import { startTrustedWorker } from './trusted-worker';
import { WorkerCalls } from './worker-calls';

/** Longest time to parse one text, or to highlight one piece of code, in ms. 20,000 characters take about 10 ms. */
const limitMs = 1_500;

// The build finds `new Worker(new URL(…))`, bundles that file, and inserts its URL.
const Worker = class {
  readonly started: globalThis.Worker;
  constructor(url: URL, options?: WorkerOptions) {
    this.started = startTrustedWorker(url, options);
  }
};

/** Parses Markdown outside the main thread. */
export const parser = new WorkerCalls<string, Parsed>(
  () => new Worker(new URL('./parser.worker', import.meta.url), { type: 'module' }).started,
  limitMs,
);

/** Highlights code outside the main thread. */
export const highlighter = new WorkerCalls<CodeToHighlight, HighlightedNode[]>(
  () => new Worker(new URL('./highlighter.worker', import.meta.url), { type: 'module' }).started,
  limitMs,
);
