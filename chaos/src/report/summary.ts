import { type Evidence } from '../checker/evidence.js';
import { recoveryOf } from '../checker/rules/recovered.js';
import { type FaultKind } from '../faults/fault.js';
import { type InjectedFault } from '../faults/injector.js';

/** Counts of everything that happened, to show that the run tested something. */
export interface Summary {
  seconds: number;
  faults: Partial<Record<FaultKind, number>>;
  /** Faults without effect, as their target was down. */
  missedFaults: number;
  sends: number;
  acknowledged: number;
  /** Requests with a message, by their status and problem code, or by their outcome if there was no answer. */
  tries: Record<string, number>;
  runs: Record<string, number>;
  readers: number;
  readings: number;
  events: number;
  restarts: number;
  cancels: number;
  takeovers: number;
  auditedWrites: number;
  /** From the promotion of the standby to the last message that failed, in ms; undefined without a failover. */
  recoveryMs: number | undefined;
}

/** Counts what happened in a run. @param seconds its duration */
export function summarize(evidence: Evidence, faults: readonly InjectedFault[], seconds: number): Summary {
  const { histories, database } = evidence;
  const sends = histories.flatMap((history) => history.sends);
  const readers = histories.flatMap((history) => history.readers);
  const readings = readers.flatMap((reader) => reader.readings);
  const events = readings.flatMap((reading) => reading.events);
  const tries = sends.flatMap((send) => send.tries);
  return {
    seconds: Math.round(seconds),
    faults: counted(faults.map(({ kind }) => kind)),
    missedFaults: faults.filter(({ missed }) => missed !== undefined).length,
    sends: sends.length,
    acknowledged: sends.filter(({ acknowledgements }) => acknowledgements.length > 0).length,
    tries: counted(
      tries.map(({ outcome, status, code }) => [status ?? outcome, code].filter(Boolean).join(' ')),
    ),
    runs: counted(database.runs.map(({ status, error }) => [status, error].filter(Boolean).join(': '))),
    readers: readers.length,
    readings: readings.length,
    events: events.length,
    restarts: events.filter(({ type }) => type === 'run.retrying').length,
    cancels: histories.flatMap((history) => history.cancels).length,
    takeovers: database.audit.filter(
      ({ table, operation, fence, fenceBefore }) =>
        table === 'runs' && operation === 'UPDATE' && (fence ?? 0) > (fenceBefore ?? 0),
    ).length,
    auditedWrites: database.audit.length,
    recoveryMs: recoveryOf(evidence),
  };
}

function counted<T extends string>(names: readonly T[]): Record<T, number> {
  const counts = {} as Record<T, number>;
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
