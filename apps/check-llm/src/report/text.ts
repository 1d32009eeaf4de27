import { checkNames, shownMs, type Finding, type Verdict } from '../judge/finding.js';
import { type Measurements } from '../judge/measurements.js';
import { type Setting } from '../judge/settings.js';
import { commonRequests, signRequests } from '../draft/request-templates.js';
import { concurrency } from '../probe/identify.js';
import { type ProbeWaits } from '../probe/waits.js';
import { type Recognized, type Report } from './report.js';

const signs: Readonly<Record<Verdict, string>> = { works: '✓', note: '·', differs: '!', fails: '✗' };

const nameWidth = Math.max(...checkNames.map((name) => name.length));
const indent = ' '.repeat(nameWidth + 6);

/** Longest part of a frame that is shown, in characters. */
const maxFrameLength = 300;

/** Number of request frames that are tried. */
const requestCount = commonRequests.length + signRequests.length;

/** How many of many frames are shown: the first and the last ones. */
const [firstFrames, lastFrames] = [8, 3];

/** The first lines of a report, before any finding. */
export function headText({ server, protocol, model }: Pick<Report, 'server' | 'protocol' | 'model'>): string {
  return `Checking ${server} (protocol ${protocol}, model ${model})\n\n`;
}

/** What happens next, and how long that may take, when the protocol is unknown. */
export function tryingText(
  hasRequest: boolean,
  protocols: number,
  { trialSilenceMs }: Pick<ProbeWaits, 'trialSilenceMs'>,
): string {
  if (hasRequest) return 'Sending your request frame, and drafting a description from the response…\n';
  const rounds = Math.ceil(protocols / concurrency) + Math.ceil(requestCount / concurrency) + 1;
  const seconds = Math.ceil((rounds * trialSilenceMs) / 1000) + 1;
  return (
    `\nThe server seems to speak another protocol. Trying ${protocols} known ones and ${requestCount} request frames; this ` +
    `takes up to ${seconds} s if the server stays silent. With --send and a frame that it knows, it takes less.\n`
  );
}

/** The lines of one finding. */
export function findingText({ check, verdict, says, advice, frames = [] }: Finding): string {
  const lines = [
    `  ${signs[verdict]} ${check.padEnd(nameWidth)}  ${says}`,
    ...(advice === undefined ? [] : [`${indent}→ ${advice}`]),
    ...frames.map((frame) => `${indent}← ${shortened(frame)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The lines after the findings: the detected protocol, measurements, settings and the overall result. */
export function tailText({ server, findings, measured, settings, recognized }: Report): string {
  const parts = [
    ...(recognized === undefined ? [] : [recognizedText(recognized, server)]),
    ...(measured === undefined ? [] : [measurementsText(measured)]),
    ...(settings.length === 0 ? [] : [settingsText(settings)]),
    resultText(findings),
  ];
  return parts.map((part) => `\n${part}\n`).join('');
}

function recognizedText(
  { speaks, draft, draftFile, noDraftReason, closestProtocol, exchange, sign, isSilent, paths }: Recognized,
  server: string,
): string {
  const lines: string[] = [];
  if (exchange !== undefined && (draft !== undefined || noDraftReason !== undefined)) {
    lines.push('Frames (→ to the server, ← from it):');
    for (const frame of exchange.greeting) lines.push(`  ← ${shortened(frame)}`);
    lines.push(
      `  → ${shortened(typeof exchange.request === 'string' ? exchange.request : JSON.stringify(exchange.request))}`,
    );
    for (const frame of firstAndLast(exchange.received)) lines.push(`  ← ${shortened(frame)}`);
    if (exchange.closeCode !== undefined)
      lines.push(`  ← (closed: ${exchange.closeCode} ${exchange.closeReason})`);
    lines.push('');
  }
  if (draft !== undefined) {
    lines.push(
      draftFile === undefined
        ? 'A description of the protocol; save it to a file:'
        : `A description of the protocol, in ${draftFile}:`,
    );
    lines.push(
      '',
      ...draft
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
      '',
      `Complete it, then: npm run check-llm -- ${server} --protocol ${draftFile ?? 'FILE'}`,
    );
  } else if (noDraftReason !== undefined) {
    lines.push(`No description could be drafted: ${noDraftReason}.`);
    for (const path of paths) lines.push(`There is a WebSocket at ${path}: npm run check-llm -- ${path}`);
    if (sign !== undefined) lines.push(`It speaks ${sign.name}. ${sign.advice}`);
    else if (closestProtocol !== undefined) {
      const { name, understood, frames } = closestProtocol;
      lines.push(`The closest protocol is ${name}: it understands ${understood} of ${frames} frames.`);
    }
    if (paths.length === 0) {
      lines.push(
        isSilent
          ? 'A server that stays silent waits for a request of its own form: give one with --send.'
          : 'If you know a request frame of the server, give it with --send.',
        `  --send '{"ask":"{{prompt}}"}', a list '[{"type":"auth","key":"{{api_key}}"},{"ask":"{{prompt}}"}]', or bare text`,
        'How to write a description: docs/protocols.md.',
      );
    }
  } else if (speaks !== undefined) lines.push(`Set LLM_PROTOCOL=${speaks}.`);
  return lines.join('\n').trimEnd();
}

function firstAndLast(frames: readonly string[]): readonly string[] {
  const omitted = frames.length - firstFrames - lastFrames;
  if (omitted <= 0) return frames;
  return [...frames.slice(0, firstFrames), `(${omitted} more)`, ...frames.slice(-lastFrames)];
}

function measurementsText({
  connectMs,
  firstTokenMs,
  tokensPerSecond,
  isEstimated,
  longestGapMs,
  answerMs,
  pingMs,
}: Measurements): string {
  const rows: [string, string | undefined][] = [
    ['to connect', shown(connectMs)],
    ['to the first token', shown(firstTokenMs)],
    ['to the end of an answer', shown(answerMs)],
    ['between two pieces', shown(longestGapMs)],
    ['a ping', shown(pingMs)],
    [
      'tokens per second',
      tokensPerSecond === undefined
        ? undefined
        : `${Math.round(tokensPerSecond)}${isEstimated ? ' (estimated: four characters per token)' : ''}`,
    ],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(24)} ${value}`],
  );
  return ['Measured (the slowest of each)', ...lines].join('\n');
}

function shown(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : shownMs(ms);
}

function settingsText(settings: readonly Setting[]): string {
  const written = settings.map(({ name, value }) => `${name}=${value}`);
  const width = Math.max(...written.map((text) => text.length));
  const lines = settings.map(({ value, now, why }, index) => {
    const change = value === now ? '' : `, now ${now}`;
    return `  ${value === now ? ' ' : '*'} ${written[index]!.padEnd(width)}  ${why}${change}`;
  });
  return ['Recommended settings (* differs from the current one)', ...lines].join('\n');
}

function resultText(findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const [works, differs, fails] = [count('works') + count('note'), count('differs'), count('fails')];
  const verdict =
    fails > 0 ? 'Parley cannot work with this server as it is.' : 'Parley can work with this server.';
  return `${verdict} ${works} as it should be, ${differs} different, ${fails} failed.`;
}

/** A frame on one line, cut after {@link maxFrameLength} characters. */
function shortened(frame: string): string {
  const lines = frame.split('\n').map((line) => line.trim());
  const line = lines.filter((one) => one !== '').join(' ');
  return line.length > maxFrameLength
    ? `${line.slice(0, maxFrameLength)}… (${line.length} characters)`
    : line;
}
