import { checkNames, shownMs, type Finding, type Verdict } from '../judge/finding.js';
import { type Measurements } from '../judge/measurements.js';
import { type Setting } from '../judge/settings.js';
import { type Recognized, type Report } from './report.js';

const signs: Readonly<Record<Verdict, string>> = { works: '✓', note: '·', differs: '!', fails: '✗' };

const nameWidth = Math.max(...checkNames.map((name) => name.length));
const indent = ' '.repeat(nameWidth + 6);

/** Longest part of a frame that is shown, in characters. */
const maxFrameLength = 300;

/** How many of many frames are shown: the first and the last ones. */
const [firstFrames, lastFrames] = [8, 3];

/** The first lines of a report, before any finding. */
export function headText({ server, protocol, model }: Pick<Report, 'server' | 'protocol' | 'model'>): string {
  return `Checking ${server} (protocol ${protocol}, model ${model})\n\n`;
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
  { speaks, draft, draftFile, noDraftReason, closestProtocol, exchange }: Recognized,
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
    if (closestProtocol !== undefined) {
      const { name, understood, frames } = closestProtocol;
      lines.push(`The closest protocol is ${name}: it understands ${understood} of ${frames} frames.`);
    }
    lines.push(
      `If you know a request frame of the server: --send '{"ask":"{{prompt}}"}'. How to write a description: docs/protocols.md.`,
    );
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
