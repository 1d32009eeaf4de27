import { type OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { usesBuild } from '../harness/build.js';
import { ApiDescription, type Operation } from '../openapi/api-description.js';
import { counted, manyAtOnce } from './attacks/attack.js';
import { generatedBodies } from './generated-body.js';
import { MeasuredServer } from './measured-server.js';
import { measureOtherUser, p99 } from './measure-other-user.js';

/** `npm run test:security` sends 100,000 bodies with a bound of 250 ms; `npm test` sends fewer. */
const isLong = process.env.SECURITY_TABLE !== undefined;
const bodyCount = isLong ? 100_000 : 3_000;
/** Upper bound of the latency of `/health/live` in ms, which shows how long the event loop was blocked. */
const maxStallMs = 250;
/** Bodies per sample, so that not all are in memory at once. */
const sampleSize = 200;

/** Real: the compiled server in its own process, PostgreSQL, sockets, and the operations of its OpenAPI document. */
describe('bodies that are deep, wide, huge or of wrong types', () => {
  let server: MeasuredServer;

  usesBuild();
  beforeAll(async () => {
    server = await MeasuredServer.start();
  }, 120_000);
  afterAll(() => server.stop());

  it('cause no 5xx and block the event loop at no operation', async () => {
    const { text } = await server.call('GET', '/openapi.json');
    const description = new ApiDescription(JSON.parse(text) as OpenAPIObject);
    const operations = description.operations().filter(({ body }) => body !== undefined);
    expect(operations.length).toBeGreaterThan(8);
    const statuses: (number | string)[] = [];
    const failures: string[] = [];
    const each = Math.ceil(bodyCount / operations.length);
    const observed = await measureOtherUser(server, async () => {
      for (const operation of operations) await sendTo(description, operation, each, statuses, failures);
    });
    if (isLong) process.stdout.write(`\n${statuses.length} bodies: ${counted(statuses)}\n`);
    expect(failures).toEqual([]);
    expect(statuses.length).toBeGreaterThanOrEqual(bodyCount);
    expect(server.isAlive).toBe(true);
    expect(observed.attacked.failures).toEqual({});
    const stallMs = Math.max(...observed.attacked.latencies.live);
    expect(stallMs).toBeLessThan(isLong ? maxStallMs : Math.max(maxStallMs, p99(observed.quiet) * 25));
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
