import { cpus, type CpuInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** The machine of the figures, and its load. */
export interface Machine {
  cpu: string;
  cores: number;
  node: string;
  /** Share of all cores that other programs used just before, 0 to 1. */
  busyShare: number;
}

/** How long the load is measured. */
const sampleMs = 500;
/** Above this share, the figures are not reliable. */
const disturbingShare = 0.1;

/** Measures the load of the machine for half a second. */
export async function inspectMachine(signal: AbortSignal): Promise<Machine> {
  const before = times(cpus());
  await delay(sampleMs, undefined, { signal });
  const after = times(cpus());
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
    busyShare: 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all),
  };
}

/** Describes the machine in a line, with a warning if it was busy. */
export function describeMachine({ cpu, cores, node, busyShare }: Machine): string {
  const machine = `${cores} × ${cpu}, Node ${node}, PostgreSQL with fsync on the same machine`;
  if (busyShare <= disturbingShare) return machine;
  return `${machine}\nOther programs used ${(busyShare * 100).toFixed(0)} % of its CPU: the figures are not reliable.`;
}

function times(cores: readonly CpuInfo[]): { idle: number; all: number } {
  const sum = (of: (core: CpuInfo) => number) => cores.reduce((total, core) => total + of(core), 0);
  return {
    idle: sum(({ times }) => times.idle),
    all: sum(({ times: { user, nice, sys, idle, irq } }) => user + nice + sys + idle + irq),
  };
}
