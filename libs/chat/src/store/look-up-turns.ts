import { type Statement, type StatementRunner } from '#database';
import { type RunEndResult, type RunEndRow } from './finish-runs.js';
import { type BegunTurn, type TurnRow } from './turn-row.js';

const lookUpTurns: Statement = {
  name: 'look_up_turns',
  text: `
    SELECT asked.place::integer AS place, coalesce(said.seq, reply.seq) AS seq,
      CASE WHEN said.id IS NULL THEN reply.parent_id ELSE said.parent_id END AS parent_id,
      r.status = 'queued' AS is_queued, true AS has_conversation, true AS has_parent, false AS is_queue_full,
      NULL AS active_run_id, reply.created_at
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (run_id, user_id, owner, place)
    JOIN runs r ON r.id = asked.run_id
    JOIN conversations c ON c.id = r.conversation_id AND c.owner = asked.owner
    JOIN messages reply ON reply.id = r.message_id
    LEFT JOIN messages said ON said.id = asked.user_id AND said.id = reply.parent_id`,
};

const lookUpEnds: Statement = {
  name: 'look_up_ends',
  text: `
    SELECT asked.place::integer AS place, r.finished_at, waiting.id AS next_run_id
    FROM unnest($1::uuid[], $2::integer[], $3::text[]) WITH ORDINALITY AS asked (run_id, fence, owner, place)
    JOIN runs r ON r.id = asked.run_id AND r.fence = asked.fence AND r.finished_at IS NOT NULL
    JOIN conversations c ON c.id = r.conversation_id AND c.owner = asked.owner
    LEFT JOIN runs waiting ON waiting.id = c.active_run_id AND waiting.status = 'queued'`,
};

type Placed<Result> = Result & Record<string, unknown> & { place: number };

/** What became of turns whose writing nobody confirmed: those that are there, by the ids of their runs. */
export async function lookUpBegunTurns(
  database: StatementRunner,
  rows: readonly TurnRow[],
  signal: AbortSignal,
): Promise<(BegunTurn | undefined)[]> {
  const ids = [
    rows.map(({ run_id }) => run_id),
    rows.map(({ user_id }) => user_id),
    rows.map(({ owner }) => owner),
  ];
  const found = await database.query<Placed<BegunTurn>>(lookUpTurns, ids, signal);
  return inOrder(rows, found);
}

/** What became of ends whose writing nobody confirmed. Only the replica whose fence it is can have written them. */
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
  const found = await database.query<Placed<RunEndResult>>(lookUpEnds, ids, signal);
  return inOrder(rows, found);
}

function inOrder<Result>(rows: readonly unknown[], found: readonly Placed<Result>[]): (Result | undefined)[] {
  const results: (Result | undefined)[] = rows.map(() => undefined);
  for (const { place, ...result } of found) results[place - 1] = result as unknown as Result;
  return results;
}
