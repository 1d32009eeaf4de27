import { type Random } from '../random.js';
import { type Fault, type FaultKind } from './fault.js';

export interface PlanOptions {
  faults: number;
  /** From one to the next, on average. */
  intervalMs: number;
  /** Longest freeze of a replica. Beyond the lease time of 15 s, a replica comes back to runs that are no longer its own. */
  longestFreezeMs: number;
  replicas: number;
  mocks: number;
}

/** How often each kind comes in a deck of 25: dropped connections often, outages of the one database seldom. */
const deck: Readonly<Record<FaultKind, number>> = {
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

/** Replicas that may be dead or frozen at once. */
const mostReplicasDown = 2;
/** What a killed process needs until it is ready again, about. */
const bootMs = 3_000;
/** Beyond that a freeze has outlasted a lease. */
const leaseMs = 15_000;

/**
 * Decides every fault: which, when, of whom, how long. The same random numbers make the same plan. Faults overlap, but the
 * same thing is harmed by one at a time, and one replica is always left alone.
 */
export function planFaults(random: Random, options: PlanOptions): Fault[] {
  const waiting: FaultKind[] = [];
  const busyUntil = new Map<string, number>();
  const plan: Fault[] = [];
  while (plan.length < options.faults) {
    const atMs = Math.round((plan.length + random.next()) * options.intervalMs);
    const fault = nextFault(random, options, atMs, waiting, busyUntil);
    plan.push(fault);
    const name = harmed(fault);
    if (name !== undefined) busyUntil.set(name, atMs + fault.forMs + bootMs);
  }
  return plan.sort((a, b) => a.atMs - b.atMs);
}

/** The first of the waiting kinds that there is room for now; what there is no room for waits. */
function nextFault(
  random: Random,
  options: PlanOptions,
  atMs: number,
  waiting: FaultKind[],
  busyUntil: ReadonlyMap<string, number>,
): Fault {
  for (let place = 0; ; place += 1) {
    if (place === waiting.length) waiting.push(...random.shuffled(cards()));
    const kind = waiting[place]!;
    const targets = targetsOf(kind, options, (name) => (busyUntil.get(name) ?? 0) <= atMs);
    if (targets.length === 0) continue;
    waiting.splice(place, 1);
    return {
      kind,
      atMs,
      target: random.pick(targets),
      forMs: durationOf(kind, random, options),
      dice: random.next(),
    };
  }
}

function cards(): FaultKind[] {
  return (Object.entries(deck) as [FaultKind, number][]).flatMap(([kind, count]) =>
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

/** Of what the fault leaves unusable for a while; undefined: of nothing. */
function harmed({ kind, target }: Fault): string | undefined {
  if (kind.startsWith('replica')) return `replica ${target}`;
  if (kind === 'postgres_kill' || kind === 'postgres_freeze') return 'postgres 0';
  return kind === 'llm_kill' ? `llm ${target}` : undefined;
}

function durationOf(kind: FaultKind, random: Random, { longestFreezeMs }: PlanOptions): number {
  switch (kind) {
    case 'replica_kill':
      return random.integer(200, 3_000);
    case 'replica_freeze':
      // Most hang for a while; some long enough to lose all that they had.
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
