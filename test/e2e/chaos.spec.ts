import { clusterVariable, Program } from '#testing';
import { usesBuild } from '../harness/build.js';

/** The members of the JSON result that are checked here. */
interface Result {
  replay: string;
  summary: { acknowledged: number; events: number; takeovers: number; recoveryMs?: number };
  verdicts: { rule: string; findings: { about: string; what: string }[] }[];
}

/** Real: replicas, PostgreSQL and clients of `npm run chaos -- --short`. Mocked: the LLM servers. */
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

  it('finds no lost, duplicated, skipped or leftover data under faults of every kind', async () => {
    const { code, result } = await chaos('--seed', '20261124');
    expect(found(result)).toEqual([]);
    expect(code).toBe(0);
    const { acknowledged, events, takeovers } = result.summary;
    expect([acknowledged > 0, events > 0, takeovers > 0]).toEqual([true, true, true]);
  }, 180_000);

  it('loses nothing that was acknowledged when the primary dies, and works within 10 s of the promotion', async () => {
    const { code, result } = await chaos('--failover', '--seed', '20261124');
    expect(found(result)).toEqual([]);
    expect(code).toBe(0);
    expect(result.summary.acknowledged).toBeGreaterThan(0);
    expect(result.summary.recoveryMs).toBeLessThan(10_000);
  }, 180_000);

  it('finds no failed request and no interrupted stream in a rolling restart', async () => {
    const { code, result } = await chaos('--rolling', '--seed', '20261124');
    expect(found(result)).toEqual([]);
    expect(code).toBe(0);
    expect(result.summary.acknowledged).toBeGreaterThan(0);
  }, 180_000);
});
