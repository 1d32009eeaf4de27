import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Spec files that take less are not listed in seconds.json. */
const listedFromSeconds = 3;

/** Prints the ten slowest spec files after a run; `RECORD_SECONDS=1` also writes seconds.json, by which longest-first.js orders them. */
export default class SlowestFiles {
  onRunComplete(_contexts, { testResults, startTime }) {
    const files = testResults
      .map(({ testFilePath, perfStats }) => ({
        name: relative(process.cwd(), testFilePath),
        seconds: perfStats.runtime / 1_000,
      }))
      .toSorted((one, other) => other.seconds - one.seconds);
    if (files.length <= 10) return;
    const total = files.reduce((sum, file) => sum + file.seconds, 0);
    const rows = files
      .slice(0, 10)
      .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);
    const elapsed = (Date.now() - startTime) / 1_000;
    process.stdout.write(
      `\nSlowest of ${files.length} files (${total.toFixed(0)} s in ${elapsed.toFixed(0)} s):\n${rows.join('\n')}\n`,
    );
    if (process.env.RECORD_SECONDS !== '1') return;
    const slow = files.filter(({ seconds }) => seconds >= listedFromSeconds);
    const listed = Object.fromEntries(slow.map(({ name, seconds }) => [name, Math.round(seconds)]));
    writeFileSync(new URL('seconds.json', import.meta.url), `${JSON.stringify(listed, undefined, 2)}\n`);
  }
}
