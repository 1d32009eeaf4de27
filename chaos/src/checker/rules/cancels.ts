import { type Evidence } from '../evidence.js';
import { type Rule } from '../rule.js';

/**
 * A run is cancelled only if somebody wanted that: by its id, or by a later message of its conversation that interrupts.
 * A wish that was acknowledged holds: nothing begins to be generated for the run after it.
 */
export const cancels: Rule = {
  name: 'cancels of another run, or forgotten ones',
  find: (evidence) => [...unwanted(evidence), ...forgotten(evidence)],
};

function unwanted({ histories, database }: Evidence): { about: string; what: string }[] {
  const asked = new Set(histories.flatMap((history) => history.cancels.map(({ runId }) => runId)));
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
    if (status !== 'cancelled' || asked.has(id)) return [];
    const seq = messages.get(messageId)?.seq ?? Number.MAX_SAFE_INTEGER;
    const isInterrupted = interruptions.some(
      (later) => later.conversationId === conversationId && later.seq > seq,
    );
    return isInterrupted ? [] : [{ about: `run ${id}`, what: 'is cancelled, and nobody wanted that' }];
  });
}

function forgotten({ histories, database }: Evidence): { about: string; what: string }[] {
  const acknowledged = new Map<string, number>();
  for (const { runId, at, status } of histories.flatMap((history) => history.cancels)) {
    if (status === 202) acknowledged.set(runId, Math.min(at, acknowledged.get(runId) ?? at));
  }
  /** Runs that changed hands after their cancel was acknowledged: the fence from then on. */
  const takenOver = new Map<string, number>();
  const begunAgain = new Set<string>();
  for (const { table, operation, runId, fence, fenceBefore, runStatus, at } of database.audit) {
    const isRaised = table === 'runs' && operation === 'UPDATE' && fence !== fenceBefore;
    if (isRaised && at > (acknowledged.get(runId) ?? Infinity)) takenOver.set(runId, fence ?? 0);
    const isWork =
      (table === 'run_pieces' && operation === 'INSERT') || (table === 'runs' && runStatus === 'completed');
    if (isWork && (fence ?? 0) >= (takenOver.get(runId) ?? Infinity)) begunAgain.add(runId);
  }
  return [...begunAgain].map((id) => ({
    about: `run ${id}`,
    what: 'was generated again after its cancel was acknowledged',
  }));
}
