import { usesBuild } from '../harness/build.js';
import { type Attack } from './attacks/attack.js';
import { bodyAttacks } from './attacks/bodies.js';
import { llmAttacks } from './attacks/llm-servers.js';
import { readerAttacks } from './attacks/readers.js';
import { shareAttacks } from './attacks/shares.js';
import { MeasuredServer } from './measured-server.js';
import { maxLatency, measureOtherUser, type Observed, p99 } from './measure-other-user.js';

/** `npm run test:security` runs the attacks at full size and enforces the targets; `npm test` runs a short form. */
const isLong = process.env.SECURITY_TABLE !== undefined;
/** A regular expression for the names of the attacks to run. */
const only = new RegExp(process.env.ATTACKS ?? '');

/** Upper bounds of another user's p99 latency in ms and of the server's memory growth in MB (docs/security.md). */
const targets = { p99Ms: 250, memoryMb: 200 };
/** In the short form the latency may also be this multiple of the p99 before the attack, as machines may be busy. */
const shortRatio = 25;

const attacks = [...bodyAttacks, ...readerAttacks, ...shareAttacks, ...llmAttacks].filter(({ name }) =>
  only.test(name),
);

/** Real: the compiled server in a process with a heap of 1 GiB, PostgreSQL, sockets. Mocked: a hostile LLM server. */
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
        let responses = '';
        const observed = await measureOtherUser(
          server,
          async () => (responses = await attack.run(server, isLong)),
        );
        rows.push(tableRow(attack, observed, responses, server.isAlive));
        const { quiet, attacked, rssBefore, rssPeak } = observed;
        expect(server.isAlive).toBe(true);
        expect(attacked.failures).toEqual({});
        expect(responses).toMatch(attack.responses);
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

/** A row of the table: the other user's p99 and maximum latency, their ratio to the time before, memory, failures, responses. */
function tableRow({ name }: Attack, observed: Observed, responses: string, isAlive: boolean): string {
  const { quiet, attacked, rssBefore, rssPeak } = observed;
  const times = `${Math.round(p99(attacked))} | ${Math.round(maxLatency(attacked))}`;
  const ratio = (p99(attacked) / p99(quiet)).toFixed(1);
  const memory = `+${Math.round(rssPeak - rssBefore)}`;
  const failures = Object.entries(attacked.failures).map(([what, count]) => `${what}×${count}`);
  const outcome = isAlive ? failures.join(', ') || 'none' : 'the server died';
  return `| ${name} | ${times} | ${ratio} | ${memory} | ${outcome} | ${responses} |`;
}
