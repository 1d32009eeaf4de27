import { KeepAliveConnection, postRequest } from '../http/keep-alive-connection.js';
import { type TestedServer } from '../lab/lab.js';

/** The message of every turn. */
export const question = 'How do I keep a sourdough starter alive?';

const request = postRequest('/api/chat', { message: question });

/** The measurements of one server in one round. */
export interface TurnRound {
  turns: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** CPU time of the server, in milliseconds. */
  cpuMs: number;
  /** Milliseconds from each request to the end of its answer. */
  latencies: number[];
}

/**
 * Runs clients that each send the next message when they have the answer to the last one.
 * @throws Error if a turn fails
 */
export async function runTurns(
  server: TestedServer,
  load: { concurrency: number; seconds: number },
  signal: AbortSignal,
): Promise<TurnRound> {
  using connections = new DisposableStack();
  try {
    const opening = Array.from({ length: load.concurrency }, () =>
      KeepAliveConnection.open(server.port, signal),
    );
    const clients = (await Promise.all(opening)).map((client) => connections.use(client));
    const latencies: number[] = [];
    const cpuBefore = await server.process.cpu();
    const began = performance.now();
    const until = began + load.seconds * 1000;
    await Promise.all(clients.map((client) => takeTurns(client, until, latencies)));
    const seconds = (performance.now() - began) / 1000;
    const cpuMs = ((await server.process.cpu()) - cpuBefore) / 1000;
    return { turns: latencies.length, seconds, cpuMs, latencies };
  } catch (error) {
    throw server.process.failure(error);
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
