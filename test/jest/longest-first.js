import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import * as sequencer from '@jest/test-sequencer';

// Its default export arrives as a property of the CommonJS module's own default export.
const TestSequencer = sequencer.default.default ?? sequencer.default;

/** Seconds of the slow spec files, as `RECORD_SECONDS=1 npm test` measured them. */
const seconds = JSON.parse(readFileSync(new URL('seconds.json', import.meta.url), 'utf8'));

/**
 * Starts the slowest spec files first, so that no worker is left alone with one of them at the end. Those that run one at
 * a time come last, when format, lint and types, which CI checks beside the tests, are done as well.
 */
export default class LongestFirst extends TestSequencer {
  /** Files without a figure follow in jest's own order: the largest first. */
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => rank(other) - rank(one));
  }
}

function rank({ path, context: { config } }) {
  return config.runner.endsWith('one-at-a-time.js') ? -1 : (seconds[relative(config.rootDir, path)] ?? 0);
}
