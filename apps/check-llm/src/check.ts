import { judgePlain, judgeStreamed } from './judge/answers.js';
import { type Claims } from './judge/claims.js';
import { judgeAfterError } from './judge/after-error.js';
import { judgeConnect, judgeGreeting } from './judge/connecting.js';
import { type Finding } from './judge/finding.js';
import { measure, type Measured } from './judge/measured.js';
import { settingsFor, type Setting } from './judge/settings.js';
import { unnamed } from './judge/late.js';
import { lookFurther, type Further } from './look-further.js';
import { type GreetingFacts } from './probe/facts.js';
import { Probes, type ProbeOptions } from './probe/probes.js';
import { isUnderstood, type Answer } from './talk/answer.js';
import { type LateFrame } from './talk/late-frame.js';
import { type Line } from './talk/line.js';
import { type Server } from './talk/server.js';

/** What a check came to. */
export interface Checked {
  findings: readonly Finding[];
  measured: Measured | undefined;
  settings: readonly Setting[];
  /** Nothing of what the server said was understood. */
  isForeign: boolean;
}

/** Looks at a server that speaks as is said, one thing after another. */
export async function check(
  server: Server,
  claims: Claims,
  options: ProbeOptions,
  idleMs: number,
  tell: (finding: Finding) => void,
): Promise<Checked> {
  const findings: Finding[] = [];
  const find = (finding: Finding): void => {
    findings.push(finding);
    tell(finding);
  };
  const ended = (isForeign: boolean): Checked => ({ findings, measured: undefined, settings: [], isForeign });
  const probes = new Probes(server, options);
  const connected = await probes.connect();
  find(judgeConnect(connected, claims));
  const { line, openedMs } = connected;
  // A server that speaks otherwise does not get past the handshake.
  if (line === undefined) return ended(claims.hasHandshake);
  const greeting = await probes.greeting(line);
  find(judgeGreeting(greeting, claims));
  const streamed = await probes.streamed(line);
  find(judgeStreamed(streamed, claims));
  if (!isUnderstood(streamed)) {
    line.cut();
    return ended(true);
  }
  const plainLine = line.isOpen && streamed.end !== undefined ? line : await reopened(probes, line);
  const plain = plainLine === undefined ? undefined : await probes.plain(plainLine);
  plainLine?.close();
  if (plain !== undefined) find(judgePlain(plain, claims));
  if (streamed.end === undefined || plain?.end === undefined) {
    for (const { error, errorReach, late } of [streamed, plain ?? streamed]) {
      if (error === undefined || late.length === 0) continue;
      find(judgeAfterError(undefined, { errorCode: error.code, errorReach, late }, claims));
      break;
    }
    return ended([streamed, plain].every((answer) => answer !== undefined && isMisunderstanding(answer)));
  }

  const further = await lookFurther(server, claims, probes, options, idleMs, find);
  const { two, connections, shared, pingMs } = further;
  const measured = measure(openedMs, streamed, [plain, ...(two?.answers ?? [])], pingMs);
  return {
    findings,
    measured,
    settings: settingsFor(
      claims,
      measured,
      connections,
      shared,
      straysOf(greeting, [streamed, plain], further),
    ),
    isForeign: false,
  };
}

/** Every frame that could be mistaken for the answer to another request. */
function straysOf(
  { answers }: GreetingFacts,
  asked: readonly Answer[],
  { invalid, afterError, cancel }: Further,
): readonly LateFrame[] {
  const errors = [invalid, afterError].filter((error) => error?.errorReach !== 'connection');
  const sources = [...asked, ...errors, cancel].map((source) => source?.late ?? []);
  return unnamed([...answers, ...sources.flat()]);
}

/** What a server says to those who speak its protocol well. */
const plainRefusals = new Set([
  'unauthorized',
  'invalid_api_key',
  'model_not_found',
  'rate_limited',
  'overloaded',
  'context_length_exceeded',
  'content_policy_violation',
]);

/** Is it an error that may well come of a wrong protocol? */
function isMisunderstanding({ end, error, pieces }: Answer): boolean {
  return end === undefined && pieces === 0 && error !== undefined && !plainRefusals.has(error.code);
}

async function reopened(probes: Probes, line: Line): Promise<Line | undefined> {
  line.cut();
  return (await probes.connect()).line;
}
