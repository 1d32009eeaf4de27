import { cpus, type CpuInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Where figures come from, and whether something else was running there. */
export interface Machine {
  cpu: string;
  cores: number;
  node: string;
  /** Share of all cores that others were using just before, 0 to 1. */
  busyShare: number;
}

const sampleMs = 500;
/** Above this share the figures of a short run say more about the others. */
const disturbingShare = 0.1;

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

/** For people. */
export function describeMachine({ cpu, cores, node, busyShare }: Machine): string {
  const machine = `${cores} × ${cpu}, Node ${node}, PostgreSQL with fsync on the same machine`;
  if (busyShare <= disturbingShare) return machine;
  return `${machine}\nSomething else was using ${(busyShare * 100).toFixed(0)} % of it: figures are worse than they should be.`;
}

function times(cores: readonly CpuInfo[]): { idle: number; all: number } {
  const sum = (of: (core: CpuInfo) => number) => cores.reduce((total, core) => total + of(core), 0);
  return {
    idle: sum(({ times }) => times.idle),
    all: sum(({ times: { user, nice, sys, idle, irq } }) => user + nice + sys + idle + irq),
  };
}
