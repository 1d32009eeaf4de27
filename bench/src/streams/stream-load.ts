import { KeepAliveConnection, postRequest } from '../http/keep-alive-connection.js';
import { type Lab, type TestedServer } from '../lab/lab.js';
import { FollowedAnswer } from './followed-answer.js';
import { answerText } from './token-text.js';

/** How many streams, and how long. */
export interface StreamLoad {
  streams: number;
  tokensEach: number;
}

/** The streams of one round. */
export interface StreamRound {
  answers: FollowedAnswer[];
  /** When the requests were sent, by `performance.now()`. */
  beganAt: number;
  seconds: number;
  /** CPU time of the server in microseconds, for the start and the end of the turns as well. */
  cpuMicros: number;
}

const request = postRequest('/api/chat', { message: 'Count.', settings: { stream: true } });

/**
 * Opens all streams at once and reads them to their ends.
 * @throws Error with the first fault if a stream differs from the LLM's answer
 */
export async function runStreams(
  lab: Lab,
  server: TestedServer,
  load: StreamLoad,
  signal: AbortSignal,
): Promise<StreamRound> {
  const expected = Array.from({ length: load.streams }, (_, answer) => answerText(answer, load.tokensEach));
  await Promise.all(expected.map((reply) => lab.mock.behaveOnce({ reply })));
  using connections = new DisposableStack();
  try {
    const opening = expected.map(() => KeepAliveConnection.open(server.port, signal));
    const clients = (await Promise.all(opening)).map((client) => connections.use(client));
    const cpuBefore = await server.process.cpu();
    const beganAt = performance.now();
    const answers = await Promise.all(clients.map(follow));
    const seconds = (performance.now() - beganAt) / 1000;
    const cpuMicros = (await server.process.cpu()) - cpuBefore;
    check(answers, new Set(expected));
    return { answers, beganAt, seconds, cpuMicros };
  } catch (error) {
    throw server.process.failure(error);
  }
}

async function follow(client: KeepAliveConnection): Promise<FollowedAnswer> {
  const answer = new FollowedAnswer();
  let status = 0;
  await client.follow(request, {
    status: (code) => (status = code),
    body: (bytes) => answer.read(bytes),
  });
  if (status !== 200) throw new Error(`a stream was answered ${status}`);
  return answer;
}

function check(answers: readonly FollowedAnswer[], expected: Set<string>): void {
  const faults = answers.map((answer) => answer.fault(expected)).filter((fault) => fault !== undefined);
  if (faults.length > 0)
    throw new Error(`${faults.length} of ${answers.length} streams are wrong; one: ${faults[0]}`);
}
