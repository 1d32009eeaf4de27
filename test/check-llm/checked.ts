import { type ProbeWaits } from '../../apps/check-llm/src/probe/waits.js';
import { checkLlm } from './check-llm.js';

/** A finding in the JSON report. */
export interface Finding {
  check: string;
  verdict: string;
  says: string;
  advice?: string;
  frames?: string[];
}

/** A JSON report, with findings and settings by name. */
export interface Checked {
  exitCode: number;
  findings: Record<string, Finding>;
  settings: Record<string, string>;
}

/** Runs the program with `--json`. */
export async function checked(
  url: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
  waits?: Partial<ProbeWaits>,
): Promise<Checked> {
  const { exitCode, out } = await checkLlm([url, '--json', ...args], env, waits);
  const report = JSON.parse(out) as { findings: Finding[]; settings: { name: string; value: string }[] };
  return {
    exitCode,
    findings: Object.fromEntries(report.findings.map((finding) => [finding.check, finding])),
    settings: Object.fromEntries(report.settings.map(({ name, value }) => [name, value])),
  };
}

/** Matches strings that contain `text`. */
export const containing = (text: string): string => expect.stringContaining(text) as string;
