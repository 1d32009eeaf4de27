import { type Arena, databaseTimeout } from './arena.js';
import { type Callers, type Received } from './callers.js';
import { type LongAnswer } from './long-answer.js';

/** A connection may be waited for before the answer is; the rest is for a busy machine. */
const longestRefusalMs = databaseTimeout * 1_000 * (1 + 1 / 3) + 2_000;

/** Every refusal was the one that clients know how to take, and came in time. */
export function expectTimelyProblems(refusals: readonly Received[]): void {
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(refusal.type).toContain('application/problem+json');
    expect(Number(refusal.retryAfter)).toBeGreaterThan(0);
    expect(refusal.tookMs).toBeLessThan(longestRefusalMs);
  }
}

/** Everything acknowledged is stored, once and in its order, and everything has its answer. */
export async function expectNothingLost(arena: Arena, callers: Callers): Promise<void> {
  await arena.settled();
  for (const [id, acknowledged] of callers.acknowledged) {
    const stored = await callers.stored(id);
    expect(stored.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(acknowledged);
    const answers = stored.filter(({ role }) => role === 'assistant');
    expect(answers).toHaveLength(acknowledged.length);
    for (const answer of answers) expect(answer).toMatchObject({ status: 'completed', content: 'Hello.' });
  }
}

/** Its reader saw all of it, and what was seen is what is stored. */
export async function expectStored(arena: Arena, answer: LongAnswer): Promise<void> {
  await answer.ended;
  expect(answer.last).toMatchObject({ event: 'run.finished', data: { run: { status: 'completed' } } });
  const stored = await arena.postgres.query('SELECT status, content FROM messages WHERE id = $1', [
    answer.events[0]?.data.message_id,
  ]);
  expect(stored).toEqual([{ status: 'completed', content: answer.text }]);
}

/** Nothing is left of the trouble in the database: no open transaction, no statement, no more connections than allowed. */
export async function expectNothingLeaked(arena: Arena, poolSize: number): Promise<void> {
  expect(await arena.busyConnections()).toEqual([]);
  expect(await arena.connections()).toBeLessThanOrEqual(poolSize);
}
