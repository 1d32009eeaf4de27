import { type AuditRow, finalStatuses } from '../evidence.js';
import { type Rule } from '../rule.js';

/** Columns that any replica may write without the lease: they are requests to the replica that has it. */
const requestColumns: ReadonlySet<string> = new Set(['cancel_requested_at']);

/**
 * A run has one writer at a time: the replica that started it, then the one that raised its fencing token, which is allowed
 * only after the lease expired or was released. No other replica writes to the run, its answer or its text, and none writes
 * after its end.
 */
export const fences: Rule = {
  name: 'writes without the lease',
  find({ database }) {
    const owners = new Map<string, string>();
    const endedBy = new Map<string, string>();
    return [...database.audit]
      .sort((a, b) => a.id - b.id)
      .flatMap((row) => {
        const what = row.table === 'runs' ? runFault(row, owners) : otherFault(row, owners, endedBy);
        if (row.table === 'runs' && isFinal(row.runStatus) && !isFinal(row.statusBefore))
          endedBy.set(row.runId, row.transaction);
        return what === undefined ? [] : [{ about: `run ${row.runId}`, what: `${what} (${described(row)})` }];
      });
  },
};

function runFault(row: AuditRow, owners: Map<string, string>): string | undefined {
  const { operation, changed, fence, fenceBefore, statusBefore, leaseBefore, at, writer } = row;
  const key = `${row.runId} ${fence}`;
  if (operation === 'DELETE') return 'the run was deleted';
  if (operation === 'INSERT') {
    owners.set(key, writer);
    return undefined;
  }
  if (isFinal(statusBefore) && changed.length > 0) return 'the run was written after its end';
  if (fence === null || fenceBefore === null || fence < fenceBefore) return 'its fencing token decreased';
  if (fence > fenceBefore) {
    owners.set(key, writer);
    return leaseBefore !== null && leaseBefore > at
      ? `the run was taken over while its lease had ${leaseBefore - at} ms left`
      : undefined;
  }
  if (changed.every((column) => requestColumns.has(column)) || owners.get(key) === writer) return undefined;
  return `the run was written by a replica other than ${owners.get(key)}`;
}

/** The fault of a change of an answer or of a piece of text. */
function otherFault(
  row: AuditRow,
  owners: ReadonlyMap<string, string>,
  endedBy: ReadonlyMap<string, string>,
): string | undefined {
  const { table, operation, statusBefore, runStatus, transaction, runId, fence, writer } = row;
  // The transaction that ends a run also writes the answer and prunes the text.
  if (operation === 'DELETE') return table === 'messages' ? 'its answer was deleted' : undefined;
  if (table === 'messages' && isFinal(statusBefore)) return 'its answer was written after its end';
  if (isFinal(runStatus) && endedBy.get(runId) !== undefined && endedBy.get(runId) !== transaction) {
    return `its ${table === 'messages' ? 'answer' : 'text'} was written after its end`;
  }
  const owner = owners.get(`${runId} ${fence}`);
  return owner === undefined || owner === writer
    ? undefined
    : `its ${table === 'messages' ? 'answer' : 'text'} was written by a replica other than ${owner}`;
}

function isFinal(status: string | null): boolean {
  return status !== null && finalStatuses.has(status);
}

function described({
  id,
  writer,
  operation,
  table,
  fenceBefore,
  fence,
  statusBefore,
  runStatus,
  changed,
}: AuditRow): string {
  const columns = changed.length > 0 ? ` of ${changed.join(', ')}` : '';
  return (
    `change ${id}: ${operation} ${table}${columns} by ${writer}, ` +
    `status ${statusBefore ?? 'none'} to ${runStatus ?? 'none'}, fence ${fenceBefore ?? 'none'} to ${fence ?? 'none'}`
  );
}
