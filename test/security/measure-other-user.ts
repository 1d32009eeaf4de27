import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type MeasuredServer } from './measured-server.js';

const program = fileURLToPath(new URL('other-user.ts', import.meta.url));

/** The measurements of one phase: latencies in ms by kind of request, and failures by kind and status or error. */
interface Phase {
  latencies: Record<'chat' | 'list' | 'live' | 'ready', number[]>;
  failures: Record<string, number>;
}

/** The measurements before and during an attack. Memory of the server in MB. */
export interface Observed {
  quiet: Phase;
  attacked: Phase;
  rssBefore: number;
  rssPeak: number;
}

/** Measures the latencies of another user and the server's memory, for one second before and then during an attack. */
export async function measureOtherUser(
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
    // Work that the attack has caused may still be in progress.
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

/** The 99th percentile of the latencies of a phase in ms, for the slowest kind of request. */
export function p99({ latencies }: Phase): number {
  return Math.max(
    ...Object.values(latencies).map((ofKind) => {
      const sorted = ofKind.toSorted((one, other) => one - other);
      return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
    }),
  );
}

/** The maximum latency of a phase, in ms. */
export function maxLatency({ latencies }: Phase): number {
  return Math.max(0, ...Object.values(latencies).flat());
}
