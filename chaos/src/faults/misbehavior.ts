import { type Behavior } from '#mock-llm';
import { type Random } from '../random.js';

/** What an LLM server may do wrong in one answer. Parley has to make another attempt, or end the run with an error. */
const misbehaviors: readonly ((random: Random) => Partial<Behavior>)[] = [
  (random) => ({ cut: random.pick(['reset', 'end'] as const), afterTokens: random.integer(0, 60) }),
  (random) => ({
    closeCode: random.pick([1001, 1006, 1011, 1012, 1013]),
    afterTokens: random.integer(0, 60),
  }),
  (random) => ({
    errorCode: random.pick(['overloaded', 'internal_error', 'rate_limited']),
    afterTokens: random.integer(0, 30),
  }),
  (random) => ({ stall: true, afterTokens: random.integer(1, 60) }),
  (random) => ({ freeze: true, afterTokens: random.integer(0, 60) }),
  () => ({ silence: true }),
  () => ({ truncate: true }),
  (random) => ({ garbage: random.pick(['not-json', 'wrong-shape', 'bad-frame'] as const), afterTokens: 5 }),
  () => ({ duplicateEnd: true, extraFrames: 3 }),
  (random) => ({ firstTokenDelayMs: random.integer(500, 3_000) }),
  (random) => ({ tokensPerSecond: random.integer(10, 30) }),
  () => ({ refuse: 503 }),
];

/** Draws one kind of misbehavior. */
export function drawMisbehavior(random: Random): Partial<Behavior> {
  return random.pick(misbehaviors)(random);
}
