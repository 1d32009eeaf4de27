import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { testCertificate, testKey } from '#testing';
import { type BadAddress } from './address-faults.js';
import { TestBed } from './test-bed.js';
import { nameOf, alternatives, rowsOf, type Fault, type Alternative, type MatrixRow } from './fault.js';
import { limitsFor, multiplexed, generous, short, type Limits } from './limits.js';
import { runRow, type Outcome } from './row.js';
import { withLateness } from './lateness.js';

/** The number of test beds with short limits for each alternative; they run concurrently. */
const concurrency = 2;

/**
 * Runs every row of the faults. Rows on the same test bed run one after the other; heavy rows run last and alone. Rows that
 * do not depend on timeouts have generous limits, so that they pass on a busy machine.
 */
export async function runMatrix(faults: readonly Fault[]): Promise<Outcome[]> {
  const heavy = faults.filter(({ isHeavy = false }) => isHeavy);
  const light = faults.filter(({ isHeavy = false }) => !isHeavy);
  const outcomes = await Promise.all(
    alternatives.flatMap((alternative) => [
      ...runLight(
        alternative,
        light.filter(({ isMultiplexed = false }) => !isMultiplexed),
      ),
      ...runLight(
        alternative,
        light.filter(({ isMultiplexed = false }) => isMultiplexed),
        multiplexed,
      ),
    ]),
  );
  for (const alternative of alternatives) outcomes.push(await runOn(1, alternative, generous, heavy));
  return outcomes.flat();
}

function runLight(
  alternative: Alternative,
  faults: readonly Fault[],
  settings: Record<string, string> = {},
): Promise<Outcome[]>[] {
  const hanging = faults.filter((fault) => limitsFor(fault) === short);
  const others = faults.filter((fault) => limitsFor(fault) === generous);
  return [
    runOn(concurrency, alternative, short, hanging, settings),
    runOn(1, alternative, generous, others, settings),
  ];
}

async function runOn(
  servers: number,
  alternative: Alternative,
  limits: Limits,
  faults: readonly Fault[],
  settings: Record<string, string> = {},
): Promise<Outcome[]> {
  if (faults.length === 0) return [];
  const testBeds = await Promise.all(
    Array.from({ length: servers }, () => TestBed.start(alternative, limits, undefined, settings)),
  );
  try {
    return await runAll(testBeds, rowsFor(faults, alternative));
  } finally {
    await Promise.all(testBeds.map((testBed) => testBed.stop()));
  }
}

/** Runs every row of the address faults; each fault has its own test beds. */
export async function runAddressFaults(faults: readonly BadAddress[]): Promise<Outcome[]> {
  const untrusted = createTlsServer({ cert: testCertificate, key: testKey }, (socket) => socket.destroy());
  untrusted.on('tlsClientError', () => undefined);
  const closedServer = createTcpServer();
  const [untrustedPort, closedPort] = [await listen(untrusted), await listen(closedServer)];
  closedServer.close();
  const outcomes: Outcome[] = [];
  for (const fault of faults) {
    for (const alternative of alternatives) {
      const testBed = await TestBed.start(alternative, limitsFor(fault), (plain) =>
        fault.url({ plain, closed: closedPort, untrusted: untrustedPort }),
      );
      outcomes.push(...(await runAll([testBed], rowsFor([fault], alternative))));
      await testBed.stop();
    }
  }
  untrusted.close();
  return outcomes;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function rowsFor(faults: readonly Fault[], alternative: Alternative): MatrixRow[] {
  return faults.flatMap((fault) => rowsOf(fault, alternative));
}

async function runAll(testBeds: readonly TestBed[], rows: MatrixRow[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...rows];
  await Promise.all(
    testBeds.map(async (testBed) => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        outcomes.push(await runSafely(testBed, row));
      }
    }),
  );
  return outcomes;
}

/** How often a row is run again whose time limits were meaningless. */
const maxReruns = 5;

/**
 * Runs a row; an exception counts as a failure of the row. A failed row is run again if timers were late meanwhile: an attempt
 * has some ten waits for the event loop, which add up to its time limit.
 */
async function runSafely(testBed: TestBed, row: MatrixRow, reruns = 0): Promise<Outcome> {
  try {
    const { result: outcome, lateness } = await withLateness(() => runRow(testBed, row));
    const { phaseMs } = testBed.limits;
    const isSteady = lateness.maxMs < phaseMs / 10 && lateness.meanMs < phaseMs / 100;
    if (outcome.wrong.length === 0 || isSteady || reruns === maxReruns) return outcome;
    return await runSafely(testBed, row, reruns + 1);
  } catch (error) {
    await testBed.reset();
    await testBed.restartServer();
    return { row, received: 'nothing', llmRequests: '', ms: 0, wrong: [`${nameOf(row)}: ${String(error)}`] };
  }
}
