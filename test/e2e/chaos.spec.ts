import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from '../harness/server-process.js';

/** What the programme tells as JSON, as far as it is looked at here. */
interface Result {
  replay: string;
  summary: { acknowledged: number; events: number; takeovers: number };
  verdicts: { rule: string; findings: { about: string; what: string }[] }[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Real: three replicas, PostgreSQL, LLM servers and clients as `npm run chaos` runs them, in its short form. */
describe('npm run chaos', () => {
  beforeAll(build, 120_000);

  const chaos = async (...args: string[]): Promise<{ code: number; result: Result }> => {
    const program = spawn(
      process.execPath,
      [`${root}/dist/chaos/src/main.js`, '--short', '--json', ...args],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let told = '';
    let progress = '';
    program.stdout.on('data', (data: Buffer) => (told += data.toString()));
    program.stderr.on('data', (data: Buffer) => (progress += data.toString()));
    const [code] = (await once(program, 'close')) as [number];
    if (told === '') throw new Error(`it ended with ${code}: ${progress}`);
    return { code, result: JSON.parse(told) as Result };
  };
  const found = ({ verdicts, replay }: Result): string[] =>
    verdicts.flatMap(({ rule, findings }) =>
      findings.map(({ about, what }) => `${rule}: ${about}: ${what} (${replay})`),
    );

  it('finds nothing lost, doubled, skipped or left behind when everything around the clients fails', async () => {
    const { code, result } = await chaos('--seed', '20261124');
    expect(found(result)).toEqual([]);
    expect(code).toBe(0);
    const { acknowledged, events, takeovers } = result.summary;
    expect([acknowledged > 0, events > 0, takeovers > 0]).toEqual([true, true, true]);
  }, 180_000);

  it('finds no request failed and no stream cut short by a rolling restart', async () => {
    const { code, result } = await chaos('--rolling', '--seed', '20261124');
    expect(found(result)).toEqual([]);
    expect(code).toBe(0);
    expect(result.summary.acknowledged).toBeGreaterThan(0);
  }, 180_000);
});
