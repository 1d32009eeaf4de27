import { LlmHandshakeError, type LlmError } from '#llm';
import { isUnderstood, isWhole, type Answer } from './connection/answer.js';
import { type CheckedServer } from './connection/checked-server.js';
import { type LateFrame } from './connection/late-frame.js';
import { type RecordedConnection } from './connection/recorded-connection.js';
import { runFurtherChecks, type FurtherFacts } from './further-checks.js';
import { judgeAfterError } from './judge/after-error.js';
import { judgePlain, judgeStreamed } from './judge/answers.js';
import { judgeConnect, judgeGreeting } from './judge/connecting.js';
import { isMarked, judgeContent } from './judge/content.js';
import { type Expectations } from './judge/expectations.js';
import { type Finding } from './judge/finding.js';
import { withoutId } from './judge/late-frames.js';
import { measure, type Measurements } from './judge/measurements.js';
import { settingsFor, type Setting } from './judge/settings.js';
import { type ContentFacts, type GreetingFacts } from './probe/facts.js';
import { madeUpWord } from './probe/made-up-word.js';
import { Probes, type ProbeOptions } from './probe/probes.js';

/** The result of a check. */
export interface CheckResult {
  findings: readonly Finding[];
  /** Undefined if the server did not complete both a streamed and a plain answer. */
  measured: Measurements | undefined;
  settings: readonly Setting[];
  /** The server seems to speak another protocol: nothing that it sent was understood. */
  isOtherProtocol: boolean;
  /** The server accepted no WebSocket at this address: another protocol may have another path. */
  isRefused: boolean;
}

/**
 * Checks a server that is expected to speak its protocol, one probe after another.
 * @param idleMs how long to leave a connection idle; 0 skips that probe
 * @param onFinding called with each finding as soon as it is known
 */
export async function check(
  server: CheckedServer,
  expected: Expectations,
  options: ProbeOptions,
  idleMs: number,
  onFinding: (finding: Finding) => void,
): Promise<CheckResult> {
  const findings: Finding[] = [];
  const report = (finding: Finding): void => {
    findings.push(finding);
    onFinding(finding);
  };
  const stopped = (isOtherProtocol: boolean): CheckResult => ({
    findings,
    measured: undefined,
    settings: [],
    isOtherProtocol,
    isRefused: false,
  });
  const probes = new Probes(server, options);
  const connected = await probes.connect();
  report(judgeConnect(connected, expected));
  const { connection, openedMs } = connected;
  // A server that speaks another protocol does not complete the handshake.
  if (connection === undefined) {
    const isRefused = isNoWebSocketHere(connected.error);
    return { ...stopped(expected.hasHandshake || isRefused), isRefused };
  }
  const greeting = await probes.greeting(connection);
  report(judgeGreeting(greeting, expected));
  const streamed = await probes.streamed(connection);
  report(judgeStreamed(streamed, expected));
  if (!isUnderstood(streamed)) {
    connection.terminate();
    return stopped(true);
  }
  const plainConnection =
    connection.isOpen && streamed.end !== undefined ? connection : await reopened(probes, connection);
  const word = madeUpWord();
  const plain = plainConnection === undefined ? undefined : await probes.repeat(plainConnection, word);
  plainConnection?.close();
  if (plain !== undefined) {
    report(judgePlain(plain, expected, isWhole(plain) ? undefined : await answerOnNew(probes)));
  }
  if (streamed.end === undefined || plain?.end === undefined) {
    for (const { error, errorReach, late } of [streamed, plain ?? streamed]) {
      if (error === undefined || late.length === 0) continue;
      report(judgeAfterError(undefined, { errorCode: error.code, errorReach, late }, expected));
      break;
    }
    return stopped([streamed, plain].every((answer) => answer !== undefined && isProtocolMismatch(answer)));
  }

  const content = contentFacts(streamed, plain, word);
  report(judgeContent(content));
  const further = await runFurtherChecks(server, expected, probes, options, idleMs, content, report);
  const { two, connections, shared, pingMs } = further;
  const measured = measure(openedMs, streamed, [plain, ...(two?.answers ?? [])], pingMs);
  return {
    findings,
    measured,
    settings: settingsFor(
      expected,
      measured,
      connections,
      shared,
      ambiguousFrames(greeting, [streamed, plain], further),
      further.twoOutcome,
    ),
    isOtherProtocol: false,
    isRefused: false,
  };
}

/** Whether something speaks HTTP at the address, but no WebSocket at this path. */
function isNoWebSocketHere(error: LlmError | undefined): boolean {
  if (error instanceof LlmHandshakeError) return error.status !== 401 && error.status !== 403;
  return (error?.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';
}

/** Every frame that could be mistaken for the answer to another request. */
function ambiguousFrames(
  { answers }: GreetingFacts,
  requested: readonly Answer[],
  { invalid, afterError, cancel }: FurtherFacts,
): readonly LateFrame[] {
  const errors = [invalid, afterError].filter((error) => error?.errorReach !== 'connection');
  const sources = [...requested, ...errors, cancel].map((source) => source?.late ?? []);
  return withoutId([...answers, ...sources.flat()]);
}

/** Errors that a server also sends to a client that speaks its protocol correctly. */
const errorsOfCorrectRequests = new Set([
  'unauthorized',
  'invalid_api_key',
  'model_not_found',
  'rate_limited',
  'overloaded',
  'context_length_exceeded',
  'content_policy_violation',
]);

/** Whether an answer is an error that may have been caused by the wrong protocol. */
function isProtocolMismatch({ end, error, pieces }: Answer): boolean {
  return end === undefined && pieces === 0 && error !== undefined && !errorsOfCorrectRequests.has(error.code);
}

/** Undefined unless both answers have a text. */
function contentFacts(counted: Answer, repeated: Answer, word: string): ContentFacts | undefined {
  if (!isWhole(counted) || !isWhole(repeated)) return undefined;
  return {
    counted: { question: counted.question, text: counted.text },
    repeated: { question: repeated.question, text: repeated.text },
    word,
    isMarked: isMarked(counted),
  };
}

/** The answer to a plain question on a new connection; undefined if that cannot be opened. */
async function answerOnNew(probes: Probes): Promise<Answer | undefined> {
  const { connection } = await probes.connect();
  const answer = connection && (await probes.plain(connection));
  connection?.close();
  return answer;
}

async function reopened(
  probes: Probes,
  connection: RecordedConnection,
): Promise<RecordedConnection | undefined> {
  connection.terminate();
  return (await probes.connect()).connection;
}
