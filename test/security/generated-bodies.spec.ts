import { type OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { usesBuild } from '../harness/build.js';
import { ApiDescription, type Operation } from '../openapi/api-description.js';
import { counted, manyAtOnce } from './attacks/attack.js';
import { generatedBodies } from './generated-body.js';
import { MeasuredServer } from './measured-server.js';
import { p99, watchBystander } from './watch-bystander.js';

/** `npm run test:security` sends 100,000 bodies and holds the server to 250 ms; `npm test` sends fewer. */
const isLong = process.env.SECURITY_TABLE !== undefined;
const bodyCount = isLong ? 100_000 : 3_000;
/** What `/health/live` may take meanwhile, in ms: a stall of the event loop shows there. */
const longestStallMs = 250;
/** Bodies of one sample, so that not all are in memory at once. */
const sampleSize = 200;

/** Real: the compiled server as a process of its own, PostgreSQL, sockets; the operations of its own description. */
describe('bodies that are deep, wide, huge or of the wrong types', () => {
  let server: MeasuredServer;

  usesBuild();
  beforeAll(async () => {
    server = await MeasuredServer.start();
  }, 120_000);
  afterAll(() => server.stop());

  it('are refused by every operation, or survived, without a 5xx and without a stall', async () => {
    const { text } = await server.call('GET', '/openapi.json');
    const description = new ApiDescription(JSON.parse(text) as OpenAPIObject);
    const operations = description.operations().filter(({ body }) => body !== undefined);
    expect(operations.length).toBeGreaterThan(8);
    const statuses: (number | string)[] = [];
    const failures: string[] = [];
    const each = Math.ceil(bodyCount / operations.length);
    const observed = await watchBystander(server, async () => {
      for (const operation of operations) await sendTo(description, operation, each, statuses, failures);
    });
    if (isLong) process.stdout.write(`\n${statuses.length} bodies: ${counted(statuses)}\n`);
    expect(failures).toEqual([]);
    expect(statuses.length).toBeGreaterThanOrEqual(bodyCount);
    expect(server.isAlive).toBe(true);
    expect(observed.attacked.failures).toEqual({});
    const stallMs = Math.max(...observed.attacked.latencies.live);
    expect(stallMs).toBeLessThan(
      isLong ? longestStallMs : Math.max(longestStallMs, p99(observed.quiet) * 25),
    );
  }, 900_000);

  async function sendTo(
    description: ApiDescription,
    operation: Operation,
    count: number,
    statuses: (number | string)[],
    failures: string[],
  ): Promise<void> {
    const { method } = operation;
    const path = operation.path.replace(/\{\w+\}/g, () => randomUUID());
    const arbitrary = generatedBodies(description, operation);
    for (let seed = 0; seed * sampleSize < count; seed += 1) {
      const bodies = fc.sample(arbitrary, { seed, numRuns: Math.min(sampleSize, count - seed * sampleSize) });
      await manyAtOnce(bodies.length, 4, async (at) => {
        const { status, text } = await server.call(method, path, bodies[at]);
        statuses.push(status);
        const isRefusedWhileRead = typeof status === 'string' && bodies[at]!.length > 1_000_000;
        if (isRefusedWhileRead || (typeof status === 'number' && status < 500)) return;
        failures.push(`${method} ${path} ${bodies[at]!.slice(0, 200)}: ${status} ${text}`);
      });
    }
  }
});
