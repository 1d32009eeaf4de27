/**
 * A program: a user who chats, lists and asks `/health/live`, one request of each kind after the other, while somebody
 * else attacks the server. A process of its own, so that the attacker's work delays none of its clocks.
 *
 * Arguments: the server's URL, an API key, and the server's process id. Lines on standard input: `attack` begins the
 * phase under attack, `end` prints one line of JSON ({@link Observed}) and ends the process.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', key = '', pid = ''] = process.argv.slice(2);

/** Between two requests of one kind, in ms. */
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
let isOver = false;
let rssBefore = 0;
let rssPeak = 0;

/** Memory of the server in MB; 0 where the kernel has no /proc, and after its end. */
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
    // A new connection each: a server that accepts none has stopped serving.
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

async function keepAsking(kind: Kind): Promise<void> {
  while (!isOver) {
    const { latencies, failures } = phase;
    const begun = performance.now();
    const outcome = await send(probes[kind]).catch((error: Error) => error.message);
    latencies[kind].push(performance.now() - begun);
    if (typeof outcome === 'string' || outcome >= 400) {
      const name = `${kind} ${outcome}`;
      failures[name] = (failures[name] ?? 0) + 1;
    }
    await sleep(pauseMs);
  }
}

const asking = Promise.all((Object.keys(probes) as Kind[]).map(keepAsking));
const watching = setInterval(() => (rssPeak = Math.max(rssPeak, rss())), 25);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'attack') {
    rssBefore = rssPeak = rss();
    phase = attacked;
  }
  if (line === 'end') break;
}
isOver = true;
await asking;
clearInterval(watching);
process.stdout.write(`${JSON.stringify({ quiet, attacked, rssBefore, rssPeak })}\n`);
process.exit(0);
