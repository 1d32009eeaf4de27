import { describedProtocol, llmDefaults, type LlmProtocol } from '#llm';
import { ConfigurationError } from '#configuration';
import { check, type CheckResult } from './check.js';
import { readCommandLine, type CheckOptions } from './command-line.js';
import { withProtocol, type CheckedServer } from './connection/checked-server.js';
import { saveDraft, whyNotWritable } from './draft/draft-file.js';
import { type Finding } from './judge/finding.js';
import { knownProtocols } from './known-protocols.js';
import { identify } from './probe/identify.js';
import { type ProbeOptions } from './probe/probes.js';
import { defaultWaits, type ProbeWaits } from './probe/waits.js';
import { jsonText } from './report/json.js';
import { exitCodeOf, type Recognized, type Report } from './report/report.js';
import { findingText, headText, tailText, tryingText } from './report/text.js';
import { expectationsOf, findTarget, type Target } from './target.js';

/** Environment and output streams of the program; `process` implements it. */
export interface ProcessContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Overrides the waits of the probes. */
  readonly waits?: Partial<ProbeWaits>;
}

/**
 * Runs the program. Resolves with the exit code: 0 if the server works, 1 if something fails, 2 for an invalid command
 * line or configuration.
 * @param envFile the file with settings that are not in the environment
 */
export async function run(
  args: readonly string[],
  context: ProcessContext,
  envFile = '.env',
): Promise<number> {
  const { env, stdout, stderr } = context;
  const command = readCommandLine(args);
  if (command.kind === 'help') {
    stdout.write(command.text);
    return 0;
  }
  if (command.kind === 'mistakes') return refuse(stderr, command.mistakes);
  const { options } = command;
  const draftProblem = options.draft === undefined ? undefined : whyNotWritable(options.draft);
  if (draftProblem !== undefined) return refuse(stderr, [`--draft: ${options.draft} ${draftProblem}`]);
  let target: Target;
  try {
    target = findTarget(options, env, envFile);
  } catch (error) {
    if (error instanceof ConfigurationError) return refuse(stderr, error.mistakes);
    throw error;
  }
  const print = options.json
    ? () => undefined
    : (text: string) => stdout.write(target.server.redactor.redact(text));
  const probe = probeOptions(target, { ...defaultWaits, ...context.waits });
  const report = await checkTarget({ target, options, probe, print });
  const exitCode = exitCodeOf(report, options.strict);
  if (options.json) stdout.write(target.server.redactor.redact(jsonText(report, exitCode)));
  else print(tailText(report));
  return exitCode;
}

/** The result without a check. */
const nothingChecked: CheckResult = {
  findings: [],
  measured: undefined,
  settings: [],
  isOtherProtocol: true,
  isRefused: false,
};

function refuse(stderr: ProcessContext['stderr'], mistakes: readonly string[]): number {
  stderr.write(
    `Nothing can be checked:\n${mistakes.map((mistake) => `  ${mistake}\n`).join('')}See --help.\n`,
  );
  return 2;
}

/** What all checks of one run use. */
interface CheckRun {
  target: Target;
  options: CheckOptions;
  probe: ProbeOptions;
  print: (text: string) => void;
}

async function checkTarget(run: CheckRun): Promise<Report> {
  const { target, options, probe, print } = run;
  const { server } = target;
  const model = server.model;
  print(headText({ server: server.name, protocol: server.protocol.name, model }));
  // A request frame says that the protocol is none of the known ones.
  const checked =
    options.send !== undefined && !target.isProtocolGiven ? nothingChecked : await checkWith(server, run);
  const report = {
    server: server.name,
    protocol: server.protocol.name,
    model,
    recognized: undefined,
    ...checked,
  };
  if (!checked.isOtherProtocol || (checked.isRefused && target.isProtocolGiven)) return report;
  print(tryingText(options.send !== undefined, knownProtocols().length, probe.waits));
  const found = await identify(server, knownProtocols(), probe, options.send);
  const draft =
    found.drafted === undefined ? undefined : saveDraft(found.drafted, options.draft, found.memory);
  const recognized: Recognized = {
    speaks: found.speaks?.name,
    draft,
    draftFile: draft === undefined ? undefined : options.draft,
    noDraftReason: found.noDraftReason,
    closestProtocol: found.closestProtocol,
    exchange: found.exchange,
    sign: found.sign,
    isSilent: found.isSilent,
    paths: found.paths,
  };
  const protocol =
    found.speaks?.protocol ?? (found.drafted === undefined ? undefined : describedProtocol(found.drafted));
  if (protocol === undefined) return { ...report, recognized };
  return { ...(await checkFound(protocol, found.speaks?.name, run)), recognized };
}

/** Checks the server with the protocol that was detected. The mismatch is a failure only if a protocol was configured. */
async function checkFound(protocol: LlmProtocol, known: string | undefined, run: CheckRun): Promise<Report> {
  const { target, print } = run;
  const server = withProtocol(protocol, target.server);
  const configured = target.server.protocol.name;
  const found: Finding = {
    check: 'protocol',
    verdict: target.isProtocolGiven ? 'fails' : 'note',
    says: `The server does not speak ${configured}. It speaks ${known ?? 'another protocol, which a description can express'}.`,
    advice: known === undefined ? 'Use the description below.' : `Set LLM_PROTOCOL=${known}.`,
  };
  print('\n');
  print(findingText(found));
  const checked = await checkWith(server, run);
  const findings = [found, ...checked.findings];
  return {
    server: server.name,
    protocol: known ?? protocol.name,
    model: server.model,
    recognized: undefined,
    ...checked,
    findings,
  };
}

function checkWith(server: CheckedServer, { target, options, probe, print }: CheckRun): Promise<CheckResult> {
  return check(server, expectationsOf(server, target), probe, options.idle * 1000, (finding) =>
    print(findingText(finding)),
  );
}

function probeOptions({ llm, isProtocolGiven }: Target, waits: ProbeWaits): ProbeOptions {
  const silenceMs = Math.max(llm.firstTokenTimeoutMs, waits.leastSilenceMs);
  return {
    temperature: llm.temperature,
    connectTimeoutMs: llm.connectTimeoutMs,
    waits,
    timeouts: {
      answerMs: Math.max(llm.timeoutMs, llmDefaults.timeouts.totalMs),
      silenceMs,
      afterUndecodableMs: waits.lateFrameMs,
      noAnswerMs: silenceMs,
      // Without a configured protocol, such a frame suggests another one.
      ...(isProtocolGiven ? {} : { unknownFrameMs: Math.min(silenceMs, waits.trialSilenceMs) }),
      afterEndMs: waits.lateFrameMs,
    },
  };
}
