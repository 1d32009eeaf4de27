import { type StackWithPostgres, databaseTimeout } from './stack-with-postgres.js';
import { type Callers, type Rejection } from './callers.js';
import { type LongAnswer } from './long-answer.js';

/** Upper bound of the time to a rejection: waiting for a connection and for the response, and a margin for busy machines. */
const maxRejectionMs = databaseTimeout * 1_000 * (1 + 1 / 3) + 2_000;

/** Expects that all rejections are 503 `database_unavailable` problems, and came in time. */
export function expectTimelyProblems(rejections: readonly Rejection[]): void {
  for (const rejection of rejections) {
    expect(rejection).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(rejection.type).toContain('application/problem+json');
    expect(Number(rejection.retryAfter)).toBeGreaterThan(0);
    expect(rejection.tookMs).toBeLessThan(maxRejectionMs);
  }
}

/** Expects that all acknowledged messages are stored once, in order, and with their answers. */
export async function expectNothingLost(system: StackWithPostgres, callers: Callers): Promise<void> {
  await system.untilIdle();
  for (const [id, acknowledged] of callers.acknowledged) {
    const stored = await callers.stored(id);
    expect(stored.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(acknowledged);
    const answers = stored.filter(({ role }) => role === 'assistant');
    expect(answers).toHaveLength(acknowledged.length);
    for (const answer of answers) expect(answer).toMatchObject({ status: 'completed', content: 'Hello.' });
  }
}

/** Expects that the reader received the complete answer as it is stored. */
export async function expectStored(system: StackWithPostgres, answer: LongAnswer): Promise<void> {
  await answer.ended;
  expect(answer.last).toMatchObject({ event: 'run.finished', data: { run: { status: 'completed' } } });
  const stored = await system.postgres.query('SELECT status, content FROM messages WHERE id = $1', [
    answer.events[0]?.data.message_id,
  ]);
  expect(stored).toEqual([{ status: 'completed', content: answer.text }]);
}

/** Expects no open transaction or statement, and no more connections than allowed. */
export async function expectNothingLeaked(system: StackWithPostgres, poolSize: number): Promise<void> {
  expect(await system.busyConnections()).toEqual([]);
  expect(await system.connections()).toBeLessThanOrEqual(poolSize);
}
