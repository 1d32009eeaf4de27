import { clusterVariable, Program } from '#testing';
import { usesBuild } from '../harness/build.js';

/** What the programme tells as JSON, as far as it is looked at here. */
interface Result {
  replay: string;
  summary: { acknowledged: number; events: number; takeovers: number };
  verdicts: { rule: string; findings: { about: string; what: string }[] }[];
}

/** Real: three replicas, PostgreSQL, LLM servers and clients as `npm run chaos` runs them, in its short form. */
describe('npm run chaos', () => {
  usesBuild();

  const chaos = async (...args: string[]): Promise<{ code: number | null; result: Result }> => {
    const env = { [clusterVariable]: process.env[clusterVariable] ?? '' };
    const program = new Program('chaos/src/main', env, { args: ['--short', '--json', ...args] });
    const { code } = await program.ended;
    if (program.stdout === '') throw program.failure(`ended with ${code}`);
    return { code, result: JSON.parse(program.stdout) as Result };
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
