import { type Report } from './report.js';

/** The report for programs: snake_case keys, times in milliseconds, what is not known as null. */
export function jsonText(report: Report, exitCode: number): string {
  const { server, protocol, model, findings, measured, settings, recognised } = report;
  const document = {
    server,
    protocol,
    model,
    works: exitCode === 0,
    findings,
    measured:
      measured === undefined
        ? null
        : {
            connect_ms: rounded(measured.connectMs),
            first_token_ms: rounded(measured.firstTokenMs),
            answer_ms: rounded(measured.answerMs),
            longest_gap_ms: rounded(measured.longestGapMs),
            ping_ms: rounded(measured.pingMs),
            tokens_per_second: rounded(measured.tokensPerSecond),
            tokens_are_estimated: measured.isEstimated,
          },
    settings,
    recognised:
      recognised === undefined
        ? null
        : {
            protocol: recognised.speaks ?? null,
            draft: recognised.draft ?? null,
            draft_file: recognised.draftFile ?? null,
            lacks: recognised.lacks ?? null,
            nearest: recognised.nearest ?? null,
            sent: recognised.exchange?.request ?? null,
            heard: recognised.exchange?.heard ?? [],
          },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10;
}
