import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type MeasuredServer } from './measured-server.js';

const program = fileURLToPath(new URL('bystander.ts', import.meta.url));

/** Of one phase: ms of each request by its kind, and how many failed, by kind and status or error. */
interface Phase {
  latencies: Record<'chat' | 'list' | 'live' | 'ready', number[]>;
  failures: Record<string, number>;
}

/** What a bystander saw before and during an attack. Memory of the server in MB. */
export interface Observed {
  quiet: Phase;
  attacked: Phase;
  rssBefore: number;
  rssPeak: number;
}

/** Plays an attack, and tells what another user noticed of it. The attack begins after a quiet second. */
export async function watchBystander(
  server: MeasuredServer,
  attack: () => Promise<unknown>,
): Promise<Observed> {
  const child = spawn(process.execPath, [program, server.url, server.keys.bob, String(server.pid)], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    await lines.next();
    await sleep(1_000);
    child.stdin.write('attack\n');
    await attack();
    // What the attack left behind shows a moment later.
    await sleep(500);
    const ended = once(child, 'exit');
    child.stdin.write('end\n');
    const { value } = (await lines.next()) as { value: string };
    await ended;
    return JSON.parse(value) as Observed;
  } finally {
    child.kill('SIGKILL');
  }
}

/** The latency that 99 of 100 requests of a phase stay under, in ms, of the kind of request that fared worst. */
export function p99({ latencies }: Phase): number {
  return Math.max(
    ...Object.values(latencies).map((ofKind) => {
      const sorted = ofKind.toSorted((one, other) => one - other);
      return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
    }),
  );
}

/** The longest latency of a phase, in ms. */
export function longest({ latencies }: Phase): number {
  return Math.max(0, ...Object.values(latencies).flat());
}
