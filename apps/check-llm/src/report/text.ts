import { checkNames, shownMs, type Finding, type Verdict } from '../judge/finding.js';
import { type Measured } from '../judge/measured.js';
import { type Setting } from '../judge/settings.js';
import { type Recognised, type Report } from './report.js';

const signs: Readonly<Record<Verdict, string>> = { works: '✓', note: '·', differs: '!', fails: '✗' };

const nameWidth = Math.max(...checkNames.map((name) => name.length));
const indent = ' '.repeat(nameWidth + 6);

/** Longest part of a frame that is shown, in characters. */
const maxFrame = 300;

export function headText({ server, protocol, model }: Pick<Report, 'server' | 'protocol' | 'model'>): string {
  return `Checking ${server} (protocol ${protocol}, model ${model})\n\n`;
}

export function findingText({ check, verdict, says, advice, frames = [] }: Finding): string {
  const lines = [
    `  ${signs[verdict]} ${check.padEnd(nameWidth)}  ${says}`,
    ...(advice === undefined ? [] : [`${indent}→ ${advice}`]),
    ...frames.map((frame) => `${indent}← ${shortened(frame)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What comes after the findings. */
export function tailText({ server, findings, measured, settings, recognised }: Report): string {
  const parts = [
    ...(recognised === undefined ? [] : [recognisedText(recognised, server)]),
    ...(measured === undefined ? [] : [measuredText(measured)]),
    ...(settings.length === 0 ? [] : [settingsText(settings)]),
    resultText(findings),
  ];
  return parts.map((part) => `\n${part}\n`).join('');
}

function recognisedText(
  { speaks, draft, draftFile, lacks, nearest, exchange }: Recognised,
  server: string,
): string {
  const lines: string[] = [];
  if (exchange !== undefined && (draft !== undefined || lacks !== undefined)) {
    lines.push('What it said:');
    for (const frame of exchange.greeting) lines.push(`  ← ${shortened(frame)}`);
    lines.push(
      `  → ${shortened(typeof exchange.request === 'string' ? exchange.request : JSON.stringify(exchange.request))}`,
    );
    for (const frame of fewOf(exchange.heard)) lines.push(`  ← ${shortened(frame)}`);
    if (exchange.closeCode !== undefined)
      lines.push(`  ← (closed: ${exchange.closeCode} ${exchange.closeReason})`);
    lines.push('');
  }
  if (draft !== undefined) {
    lines.push(
      draftFile === undefined
        ? 'A description of it, to be put into a file:'
        : `A description of it, in ${draftFile}:`,
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
  } else if (lacks !== undefined) {
    lines.push(`No description could be drafted: ${lacks}.`);
    if (nearest !== undefined) {
      lines.push(
        `The nearest protocol is ${nearest.name}: it understands ${nearest.understood} of ${nearest.frames} frames.`,
      );
    }
    lines.push(
      `If you know a frame that it takes: --send '{"ask":"{{prompt}}"}'. How to describe a server: docs/protocols.md.`,
    );
  } else if (speaks !== undefined) lines.push(`Set LLM_PROTOCOL=${speaks}.`);
  return lines.join('\n').trimEnd();
}

function fewOf(frames: readonly string[]): readonly string[] {
  const [few, last] = [8, 3];
  if (frames.length <= few + last) return frames;
  return [...frames.slice(0, few), `(${frames.length - few - last} more)`, ...frames.slice(-last)];
}

function measuredText({
  connectMs,
  firstTokenMs,
  tokensPerSecond,
  isEstimated,
  longestGapMs,
  answerMs,
  pingMs,
}: Measured): string {
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
        : `${Math.round(tokensPerSecond)}${isEstimated ? ' (estimated: four characters for a token)' : ''}`,
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
  return ['Settings for it (* is another one than now)', ...lines].join('\n');
}

function resultText(findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const [works, differs, fails] = [count('works') + count('note'), count('differs'), count('fails')];
  const verdict =
    fails > 0 ? 'Parley cannot work with this server as it is.' : 'Parley can work with this server.';
  return `${verdict} ${works} as it should be, ${differs} different, ${fails} failed.`;
}

function shortened(frame: string): string {
  const lines = frame.split('\n').map((line) => line.trim());
  const line = lines.filter((one) => one !== '').join(' ');
  return line.length > maxFrame ? `${line.slice(0, maxFrame)}… (${line.length} characters)` : line;
}
