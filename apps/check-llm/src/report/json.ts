import { type Report } from './report.js';

/**
 * The report as JSON, for programs: `{ server, protocol, model, works, findings, measured, settings, recognised }` with
 * keys in snake_case, times in milliseconds, and null for unknown values.
 * @param exitCode 0 if the server works
 */
export function jsonText(report: Report, exitCode: number): string {
  const { server, protocol, model, findings, measured, settings, recognized } = report;
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
      recognized === undefined
        ? null
        : {
            protocol: recognized.speaks ?? null,
            draft: recognized.draft ?? null,
            draft_file: recognized.draftFile ?? null,
            lacks: recognized.noDraftReason ?? null,
            looks_like: recognized.sign?.name ?? null,
            advice: recognized.sign?.advice ?? null,
            paths: recognized.paths,
            nearest: recognized.closestProtocol ?? null,
            sent: recognized.exchange?.request ?? null,
            heard: recognized.exchange?.received ?? [],
          },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10;
}
