/**
 * A program that sends requests as another user during an attack: it chats, lists, and requests `/health/live` and
 * `/health/ready`, each kind one request at a time. A separate process, so that the attack's work does not affect its
 * measurements.
 *
 * Arguments: the server's URL, an API key, and the server's process id. Lines on standard input: `attack` starts the
 * phase under attack, `end` prints one line of JSON ({@link Observed}) and ends the process.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', key = '', pid = ''] = process.argv.slice(2);

/** Pause between two requests of one kind, in ms. */
const pauseMs = 40;
/** A request that takes longer counts as failed, in ms. */
const timeoutMs = 30_000;

const probes = {
  chat: { method: 'POST', path: '/api/chat', body: JSON.stringify({ message: 'ping' }) },
  list: { method: 'GET', path: '/api/conversations?limit=5', body: '' },
  live: { method: 'GET', path: '/health/live', body: '' },
  ready: { method: 'GET', path: '/health/ready', body: '' },
} as const;
type Kind = keyof typeof probes;

const newPhase = () => ({
  latencies: { chat: [], list: [], live: [], ready: [] } as Record<Kind, number[]>,
  failures: {} as Record<string, number>,
});
const quiet = newPhase();
const attacked = newPhase();
let phase = quiet;
let isEnding = false;
let rssBefore = 0;
let rssPeak = 0;

/** Resident memory of the server in MB; 0 without /proc, and after the server has ended. */
function rss(): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function send({ method, path, body }: (typeof probes)[Kind]): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body !== '' && { 'content-type': 'application/json', 'content-length': body.length }),
    };
    // A new connection for each request, to notice a server that accepts none.
    const sent = request(url + path, { method, headers, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    sent.once('timeout', () => sent.destroy(new Error('timeout')));
    sent.once('error', reject);
    sent.end(body);
  });
}

async function sendRepeatedly(kind: Kind): Promise<void> {
  while (!isEnding) {
    const { latencies, failures } = phase;
    const startedAt = performance.now();
    const outcome = await send(probes[kind]).catch((error: Error) => error.message);
    latencies[kind].push(performance.now() - startedAt);
    if (typeof outcome === 'string' || outcome >= 400) {
      const name = `${kind} ${outcome}`;
      failures[name] = (failures[name] ?? 0) + 1;
    }
    await sleep(pauseMs);
  }
}

const sending = Promise.all((Object.keys(probes) as Kind[]).map(sendRepeatedly));
const sampling = setInterval(() => (rssPeak = Math.max(rssPeak, rss())), 25);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'attack') {
    rssBefore = rssPeak = rss();
    phase = attacked;
  }
  if (line === 'end') break;
}
isEnding = true;
await sending;
clearInterval(sampling);
process.stdout.write(`${JSON.stringify({ quiet, attacked, rssBefore, rssPeak })}\n`);
process.exit(0);
