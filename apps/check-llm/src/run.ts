import { describedProtocol, llmDefaults, type LlmProtocol } from '#llm';
import { ConfigurationError } from '#configuration';
import { knownCandidates } from './candidates.js';
import { check, type Checked } from './check.js';
import { readCommandLine, type CheckOptions } from './command-line.js';
import { keepDraft, unwritable } from './draft/draft-file.js';
import { type Finding } from './judge/finding.js';
import { identify } from './probe/identify.js';
import { lateFrameMs, type ProbeOptions } from './probe/probes.js';
import { jsonText } from './report/json.js';
import { exitCodeOf, type Recognised, type Report } from './report/report.js';
import { findingText, headText, tailText } from './report/text.js';
import { claimsOf, findTarget, type Target } from './target.js';
import { speaking, type Server } from './talk/server.js';

/** What a process gives a program; `process` itself fits. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The program. Resolves with the exit code: 0, 1 if something fails, 2 for a wrong command line or configuration. */
export async function run(
  args: readonly string[],
  surroundings: Surroundings,
  envFile = '.env',
): Promise<number> {
  const { env, stdout, stderr } = surroundings;
  const command = readCommandLine(args);
  if (command.kind === 'help') {
    stdout.write(command.text);
    return 0;
  }
  if (command.kind === 'mistakes') return refuse(stderr, command.mistakes);
  const { options } = command;
  const noDraft = options.draft === undefined ? undefined : unwritable(options.draft);
  if (noDraft !== undefined) return refuse(stderr, [`--draft: ${options.draft} ${noDraft}`]);
  let target: Target;
  try {
    target = findTarget(options, env, envFile);
  } catch (error) {
    if (error instanceof ConfigurationError) return refuse(stderr, error.mistakes);
    throw error;
  }
  const say = options.json
    ? () => undefined
    : (text: string) => stdout.write(target.server.redactor.redact(text));
  const report = await checkTarget(target, options, say);
  const exitCode = exitCodeOf(report, options.strict);
  if (options.json) stdout.write(target.server.redactor.redact(jsonText(report, exitCode)));
  else say(tailText(report));
  return exitCode;
}

function refuse(stderr: Surroundings['stderr'], mistakes: readonly string[]): number {
  stderr.write(
    `Nothing can be checked:\n${mistakes.map((mistake) => `  ${mistake}\n`).join('')}See --help.\n`,
  );
  return 2;
}

async function checkTarget(
  target: Target,
  options: CheckOptions,
  say: (text: string) => void,
): Promise<Report> {
  const { server } = target;
  const model = server.model;
  say(headText({ server: server.name, protocol: server.protocol.name, model }));
  const checked = await checkAs(server, target, options, say);
  const report = {
    server: server.name,
    protocol: server.protocol.name,
    model,
    recognised: undefined,
    ...checked,
  };
  if (!checked.isForeign) return report;
  say('\nIt seems to speak something else. Trying what is known; that may take half a minute…\n');
  const found = await identify(server, knownCandidates(), probeOptions(target), options.send);
  const draft =
    found.drafted === undefined ? undefined : keepDraft(found.drafted, options.draft, found.memory);
  const recognised: Recognised = {
    speaks: found.speaks?.name,
    draft,
    draftFile: draft === undefined ? undefined : options.draft,
    lacks: found.lacks,
    nearest: found.nearest,
    exchange: found.exchange,
  };
  const protocol =
    found.speaks?.protocol ?? (found.drafted === undefined ? undefined : describedProtocol(found.drafted));
  if (protocol === undefined) return { ...report, recognised };
  return { ...(await checkFound(protocol, found.speaks?.name, target, options, say)), recognised };
}

/** Checks the server in what it turned out to speak. That is a failure only if something else was claimed. */
async function checkFound(
  protocol: LlmProtocol,
  known: string | undefined,
  target: Target,
  options: CheckOptions,
  say: (text: string) => void,
): Promise<Report> {
  const server = speaking(protocol, target.server);
  const claimed = target.server.protocol.name;
  const found: Finding = {
    check: 'protocol',
    verdict: target.isProtocolClaimed ? 'fails' : 'note',
    says: `The server does not speak ${claimed}. It speaks ${known ?? 'something that can be described'}.`,
    advice: known === undefined ? 'Use the description below.' : `Set LLM_PROTOCOL=${known}.`,
  };
  say('\n');
  say(findingText(found));
  const checked = await checkAs(server, target, options, say);
  const findings = [found, ...checked.findings];
  return {
    server: server.name,
    protocol: known ?? protocol.name,
    model: server.model,
    recognised: undefined,
    ...checked,
    findings,
  };
}

function checkAs(
  server: Server,
  target: Target,
  options: CheckOptions,
  say: (text: string) => void,
): Promise<Checked> {
  return check(server, claimsOf(server, target), probeOptions(target), options.idle * 1000, (finding) =>
    say(findingText(finding)),
  );
}

function probeOptions({ llm }: Target): ProbeOptions {
  const silenceMs = Math.max(llm.firstTokenTimeoutMs, llmDefaults.timeouts.firstTokenMs);
  return {
    temperature: llm.temperature,
    connectTimeoutMs: llm.connectTimeoutMs,
    patience: {
      answerMs: Math.max(llm.timeoutMs, llmDefaults.timeouts.totalMs),
      silenceMs,
      senselessMs: 1_500,
      idleTalkMs: silenceMs,
      afterEndMs: lateFrameMs,
    },
  };
}
