import { KeepAliveConnection, postRequest } from '../http/keep-alive-connection.js';
import { type Lab, type Program } from '../lab/lab.js';
import { FollowedAnswer } from './followed-answer.js';
import { answerText } from './token-text.js';

export interface StreamLoad {
  streams: number;
  tokensEach: number;
}

/** All streams of one round, each read to its end. */
export interface StreamRound {
  answers: FollowedAnswer[];
  /** When the requests were sent, on the clock of `performance.now()`. */
  beganAt: number;
  seconds: number;
  /** CPU of the program in microseconds, the turns' beginnings and ends included. */
  cpuMicros: number;
}

const request = postRequest('/api/chat', { message: 'Count.', settings: { stream: true } });

/**
 * Opens all streams at once and reads them to their ends.
 * @throws Error naming the first stream that is not exactly what the LLM answered
 */
export async function runStreams(
  lab: Lab,
  program: Program,
  load: StreamLoad,
  signal: AbortSignal,
): Promise<StreamRound> {
  const expected = Array.from({ length: load.streams }, (_, answer) => answerText(answer, load.tokensEach));
  await Promise.all(expected.map((reply) => lab.mock.behaveOnce({ reply })));
  using connections = new DisposableStack();
  try {
    const opening = expected.map(() => KeepAliveConnection.open(program.port, signal));
    const clients = (await Promise.all(opening)).map((client) => connections.use(client));
    const cpuBefore = await program.child.cpu();
    const beganAt = performance.now();
    const answers = await Promise.all(clients.map(follow));
    const seconds = (performance.now() - beganAt) / 1000;
    const cpuMicros = (await program.child.cpu()) - cpuBefore;
    check(answers, new Set(expected));
    return { answers, beganAt, seconds, cpuMicros };
  } catch (error) {
    throw program.child.failure(error);
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
