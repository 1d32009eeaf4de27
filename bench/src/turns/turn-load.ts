import { KeepAliveConnection, postRequest } from '../http/keep-alive-connection.js';
import { type Program } from '../lab/lab.js';

/** The question of every turn. */
export const question = 'How do I keep a sourdough starter alive?';

const request = postRequest('/api/chat', { message: question });

/** What one program did in one round. */
export interface TurnRound {
  turns: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** CPU of the program, in milliseconds. */
  cpuMs: number;
  /** Milliseconds from each request to the end of its answer. */
  latencies: number[];
}

/** So many clients that send the next message as soon as they have the answer to the last, for so long. */
export async function runTurns(
  program: Program,
  load: { concurrency: number; seconds: number },
  signal: AbortSignal,
): Promise<TurnRound> {
  using connections = new DisposableStack();
  try {
    const opening = Array.from({ length: load.concurrency }, () =>
      KeepAliveConnection.open(program.port, signal),
    );
    const clients = (await Promise.all(opening)).map((client) => connections.use(client));
    const latencies: number[] = [];
    const cpuBefore = await program.child.cpu();
    const began = performance.now();
    const until = began + load.seconds * 1000;
    await Promise.all(clients.map((client) => takeTurns(client, until, latencies)));
    const seconds = (performance.now() - began) / 1000;
    const cpuMs = ((await program.child.cpu()) - cpuBefore) / 1000;
    return { turns: latencies.length, seconds, cpuMs, latencies };
  } catch (error) {
    throw program.child.failure(error);
  }
}

async function takeTurns(client: KeepAliveConnection, until: number, latencies: number[]): Promise<void> {
  for (let sentAt = performance.now(); sentAt < until;) {
    const { status, body } = await client.exchange(request);
    const answeredAt = performance.now();
    if (status !== 200 || !body.includes('"success":true')) throw new Error(`answered ${status}: ${body}`);
    latencies.push(answeredAt - sentAt);
    sentAt = answeredAt;
  }
}
