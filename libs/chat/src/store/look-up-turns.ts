import { type Statement, type StatementRunner } from '#database';
import { type RunEndResult, type RunEndRow } from './finish-runs.js';
import { type TurnRowResult, type TurnRow } from './turn-row.js';

const findTurns: Statement = {
  name: 'look_up_turns',
  text: `
    SELECT given.ordinal::integer AS ordinal, coalesce(sent.seq, reply.seq) AS seq,
      CASE WHEN sent.id IS NULL THEN reply.parent_id ELSE sent.parent_id END AS parent_id,
      r.status = 'queued' AS is_queued, true AS has_conversation, true AS has_parent, false AS is_queue_full,
      NULL AS active_run_id, reply.created_at
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS given (run_id, user_id, owner, ordinal)
    JOIN runs r ON r.id = given.run_id
    JOIN conversations c ON c.id = r.conversation_id AND c.owner = given.owner
    JOIN messages reply ON reply.id = r.message_id
    LEFT JOIN messages sent ON sent.id = given.user_id AND sent.id = reply.parent_id`,
};

const findRunEnds: Statement = {
  name: 'look_up_ends',
  text: `
    SELECT given.ordinal::integer AS ordinal, r.finished_at, waiting.id AS next_run_id
    FROM unnest($1::uuid[], $2::integer[], $3::text[]) WITH ORDINALITY AS given (run_id, fence, owner, ordinal)
    JOIN runs r ON r.id = given.run_id AND r.fence = given.fence AND r.finished_at IS NOT NULL
    JOIN conversations c ON c.id = r.conversation_id AND c.owner = given.owner
    LEFT JOIN runs waiting ON waiting.id = c.active_run_id AND waiting.status = 'queued'`,
};

type WithOrdinal<Result> = Result & Record<string, unknown> & { ordinal: number };

/** Looks up turns whose commit was not confirmed, by the ids of their runs. Undefined for a turn that was not written. */
export async function lookUpTurns(
  database: StatementRunner,
  rows: readonly TurnRow[],
  signal: AbortSignal,
): Promise<(TurnRowResult | undefined)[]> {
  const ids = [
    rows.map(({ run_id }) => run_id),
    rows.map(({ user_id }) => user_id),
    rows.map(({ owner }) => owner),
  ];
  const found = await database.query<WithOrdinal<TurnRowResult>>(findTurns, ids, signal);
  return inOrder(rows, found);
}

/** Looks up ends of runs whose commit was not confirmed. The fencing token shows that this replica wrote them. Undefined for an end that was not written. */
export async function lookUpRunEnds(
  database: StatementRunner,
  rows: readonly RunEndRow[],
  signal: AbortSignal,
): Promise<(RunEndResult | undefined)[]> {
  const ids = [
    rows.map(({ run_id }) => run_id),
    rows.map(({ fence }) => fence),
    rows.map(({ owner }) => owner),
  ];
  const found = await database.query<WithOrdinal<RunEndResult>>(findRunEnds, ids, signal);
  return inOrder(rows, found);
}

function inOrder<Result>(
  rows: readonly unknown[],
  found: readonly WithOrdinal<Result>[],
): (Result | undefined)[] {
  const results: (Result | undefined)[] = rows.map(() => undefined);
  for (const { ordinal, ...result } of found) results[ordinal - 1] = result as unknown as Result;
  return results;
}
