import { usesBuild } from '../harness/build.js';
import { type Attack } from './attacks/attack.js';
import { bodyAttacks } from './attacks/bodies.js';
import { llmAttacks } from './attacks/llm-servers.js';
import { readerAttacks } from './attacks/readers.js';
import { shareAttacks } from './attacks/shares.js';
import { MeasuredServer } from './measured-server.js';
import { longest, p99, watchBystander, type Observed } from './watch-bystander.js';

/** `npm run test:security` runs the attacks at full size and enforces the targets; `npm test` runs a short form. */
const isLong = process.env.SECURITY_TABLE !== undefined;
/** Which attacks run: a regular expression for their names. */
const only = new RegExp(process.env.ATTACKS ?? '');

/** What another user may wait, in ms, and what the server may grow by, in MB (docs/security.md). */
const targets = { p99Ms: 250, memoryMb: 200 };
/** In the short form the bound is relative to the quiet second before, because machines are busy. */
const shortRatio = 25;

const attacks = [...bodyAttacks, ...readerAttacks, ...shareAttacks, ...llmAttacks].filter(({ name }) =>
  only.test(name),
);

/** Real: the compiled server as a process with a heap of 1 GiB, PostgreSQL, sockets, and a hostile LLM server. */
describe('another user during an attack', () => {
  const rows: string[] = [];

  usesBuild();
  afterAll(() => {
    if (isLong) process.stdout.write(`\n${rows.join('\n')}\n`);
  });

  it.each(attacks)(
    '$name',
    async (attack) => {
      const server = await MeasuredServer.start(attack.environment);
      try {
        await attack.prepare?.(server, isLong);
        let answers = '';
        const observed = await watchBystander(
          server,
          async () => (answers = await attack.play(server, isLong)),
        );
        rows.push(inWords(attack, observed, answers, server.isAlive));
        const { quiet, attacked, rssBefore, rssPeak } = observed;
        expect(server.isAlive).toBe(true);
        expect(attacked.failures).toEqual({});
        expect(answers).toMatch(attack.answers);
        expect(rssPeak - rssBefore).toBeLessThan(targets.memoryMb);
        expect(p99(attacked)).toBeLessThan(
          isLong ? targets.p99Ms : Math.max(targets.p99Ms, p99(quiet) * shortRatio),
        );
      } finally {
        await server.stop();
      }
    },
    300_000,
  );
});

/** A row of the table: what the other user's p99 and longest wait were, before and during it, and the memory. */
function inWords({ name }: Attack, observed: Observed, answers: string, isAlive: boolean): string {
  const { quiet, attacked, rssBefore, rssPeak } = observed;
  const times = `${Math.round(p99(attacked))} | ${Math.round(longest(attacked))}`;
  const ratio = (p99(attacked) / p99(quiet)).toFixed(1);
  const memory = `+${Math.round(rssPeak - rssBefore)}`;
  const failures = Object.entries(attacked.failures).map(([what, count]) => `${what}×${count}`);
  const outcome = isAlive ? failures.join(', ') || 'none' : 'the server died';
  return `| ${name} | ${times} | ${ratio} | ${memory} | ${outcome} | ${answers} |`;
}
