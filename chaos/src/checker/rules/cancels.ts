import { type Evidence } from '../evidence.js';
import { type Rule } from '../rule.js';

/**
 * A run is cancelled only by a request for it, or by a later message of its conversation with `on_busy: "interrupt"`.
 * After a cancellation was acknowledged with 202, no other replica takes the run over and generates it.
 */
export const cancels: Rule = {
  name: 'cancellations without a request, or ignored',
  find: (evidence) => [...unrequested(evidence), ...ignored(evidence)],
};

function unrequested({ histories, database }: Evidence): { about: string; what: string }[] {
  const requested = new Set(histories.flatMap((history) => history.cancels.map(({ runId }) => runId)));
  const interrupting = new Set(
    histories.flatMap(({ sends }) =>
      sends.filter(({ onBusy }) => onBusy === 'interrupt').map(({ content }) => content),
    ),
  );
  const messages = new Map(database.messages.map((message) => [message.id, message]));
  const interruptions = database.messages.filter(
    ({ role, content }) => role === 'user' && interrupting.has(content),
  );
  return database.runs.flatMap(({ id, status, messageId, conversationId }) => {
    if (status !== 'cancelled' || requested.has(id)) return [];
    const seq = messages.get(messageId)?.seq ?? Number.MAX_SAFE_INTEGER;
    const isInterrupted = interruptions.some(
      (later) => later.conversationId === conversationId && later.seq > seq,
    );
    return isInterrupted ? [] : [{ about: `run ${id}`, what: 'is cancelled without a request' }];
  });
}

function ignored({ histories, database }: Evidence): { about: string; what: string }[] {
  const acknowledged = new Map<string, number>();
  for (const { runId, at, status } of histories.flatMap((history) => history.cancels)) {
    if (status === 202) acknowledged.set(runId, Math.min(at, acknowledged.get(runId) ?? at));
  }
  /** Runs that were taken over after their cancellation was acknowledged, with their new fencing token. */
  const takenOver = new Map<string, number>();
  const regenerated = new Set<string>();
  for (const { table, operation, runId, fence, fenceBefore, runStatus, at } of database.audit) {
    const isRaised = table === 'runs' && operation === 'UPDATE' && fence !== fenceBefore;
    if (isRaised && at > (acknowledged.get(runId) ?? Infinity)) takenOver.set(runId, fence ?? 0);
    const isWork =
      (table === 'run_pieces' && operation === 'INSERT') || (table === 'runs' && runStatus === 'completed');
    if (isWork && (fence ?? 0) >= (takenOver.get(runId) ?? Infinity)) regenerated.add(runId);
  }
  return [...regenerated].map((id) => ({
    about: `run ${id}`,
    what: 'was generated again after its cancellation was acknowledged',
  }));
}
