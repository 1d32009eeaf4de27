import { type Random } from '../random.js';
import { type Fault, type FaultKind } from './fault.js';

/** How many faults to plan, and for how many targets. */
export interface PlanOptions {
  faults: number;
  /** Between the starts of two faults, on average. */
  intervalMs: number;
  /** The longest freeze of a replica. Beyond the lease time of 15 s, other replicas have taken its runs over. */
  longestFreezeMs: number;
  replicas: number;
  mocks: number;
}

/** How often each kind occurs among 25 faults: closed connections often, outages of the only database rarely. */
const occurrences: Readonly<Record<FaultKind, number>> = {
  replica_kill: 4,
  replica_freeze: 3,
  postgres_kill: 1,
  postgres_freeze: 1,
  backends_kill: 3,
  llm_kill: 2,
  llm_drop: 3,
  llm_misbehave: 4,
  clients_drop: 4,
};

/** How many replicas may be down or frozen at once. */
const mostReplicasDown = 2;
/** The approximate time that a killed process needs until it is ready again. */
const startupMs = 3_000;
/** The lease time of a run: a longer freeze loses the runs. */
const leaseMs = 15_000;

/**
 * Plans all faults. The same random numbers make the same plan. Faults may overlap, but each target has one at a time, and one
 * replica always works.
 */
export function planFaults(random: Random, options: PlanOptions): Fault[] {
  const waiting: FaultKind[] = [];
  const busyUntil = new Map<string, number>();
  const plan: Fault[] = [];
  while (plan.length < options.faults) {
    const atMs = Math.round((plan.length + random.next()) * options.intervalMs);
    const fault = nextFault(random, options, atMs, waiting, busyUntil);
    plan.push(fault);
    const name = targetOf(fault);
    if (name !== undefined) busyUntil.set(name, atMs + fault.forMs + startupMs);
  }
  return plan.sort((a, b) => a.atMs - b.atMs);
}

/** The first waiting kind that has a free target now. The others keep waiting. */
function nextFault(
  random: Random,
  options: PlanOptions,
  atMs: number,
  waiting: FaultKind[],
  busyUntil: ReadonlyMap<string, number>,
): Fault {
  for (let index = 0; ; index += 1) {
    if (index === waiting.length) waiting.push(...random.shuffled(kindsOfOneRound()));
    const kind = waiting[index]!;
    const targets = targetsOf(kind, options, (name) => (busyUntil.get(name) ?? 0) <= atMs);
    if (targets.length === 0) continue;
    waiting.splice(index, 1);
    return {
      kind,
      atMs,
      target: random.pick(targets),
      forMs: durationOf(kind, random, options),
      variation: random.next(),
    };
  }
}

function kindsOfOneRound(): FaultKind[] {
  return (Object.entries(occurrences) as [FaultKind, number][]).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => kind),
  );
}

function targetsOf(
  kind: FaultKind,
  { replicas, mocks }: PlanOptions,
  isFree: (name: string) => boolean,
): number[] {
  const free = (what: string, count: number): number[] =>
    Array.from({ length: count }, (_, target) => target).filter((target) => isFree(`${what} ${target}`));
  if (kind.startsWith('replica')) {
    const targets = free('replica', replicas);
    return targets.length > replicas - mostReplicasDown ? targets : [];
  }
  if (kind.startsWith('llm')) return free('llm', mocks);
  return free(kind.startsWith('clients') ? 'clients' : 'postgres', 1);
}

/** The name of the target that cannot be used for a while; undefined: there is none. */
function targetOf({ kind, target }: Fault): string | undefined {
  if (kind.startsWith('replica')) return `replica ${target}`;
  if (kind === 'postgres_kill' || kind === 'postgres_freeze') return 'postgres 0';
  return kind === 'llm_kill' ? `llm ${target}` : undefined;
}

function durationOf(kind: FaultKind, random: Random, { longestFreezeMs }: PlanOptions): number {
  switch (kind) {
    case 'replica_kill':
      return random.integer(200, 3_000);
    case 'replica_freeze':
      // Most freezes are shorter than a lease; some are long enough to lose all runs.
      return longestFreezeMs > leaseMs && random.chance(0.3)
        ? random.integer(leaseMs, longestFreezeMs)
        : random.integer(300, Math.min(5_000, longestFreezeMs));
    case 'postgres_kill':
      return random.integer(100, 2_000);
    case 'postgres_freeze':
      return random.chance(0.2) ? random.integer(6_000, 12_000) : random.integer(200, 4_000);
    case 'llm_kill':
      return random.integer(200, 4_000);
    default:
      return 0;
  }
}
