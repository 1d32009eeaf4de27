import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { testCertificate, testKey } from '#testing';
import { type BadAddress } from './address-faults.js';
import { Arena } from './arena.js';
import { nameOf, othersAlive, rowsOf, type Fault, type Others, type Row } from './fault.js';
import { multiplexed, patient, short, type Limits } from './limits.js';
import { play, type Outcome } from './row.js';
import { watched } from './standstill.js';

/** Servers of each kind that rows are played on side by side. */
const lanes = 2;

/**
 * Plays every row of the faults. Rows share a server only one after the other; heavy ones come last and alone. Where
 * nothing has to be given up, the limits are such that a busy machine does not reach them.
 */
export async function playMatrix(faults: readonly Fault[]): Promise<Outcome[]> {
  const heavy = faults.filter(({ isHeavy = false }) => isHeavy);
  const light = faults.filter(({ isHeavy = false }) => !isHeavy);
  const outcomes = await Promise.all(
    othersAlive.flatMap((others) => [
      ...playLight(
        others,
        light.filter(({ isMultiplexed = false }) => !isMultiplexed),
      ),
      ...playLight(
        others,
        light.filter(({ isMultiplexed = false }) => isMultiplexed),
        multiplexed,
      ),
    ]),
  );
  for (const others of othersAlive) outcomes.push(await playOn(1, others, patient, heavy));
  return outcomes.flat();
}

function playLight(
  others: Others,
  faults: readonly Fault[],
  settings: Record<string, string> = {},
): Promise<Outcome[]>[] {
  const harmful = faults.filter(({ verdict }) => verdict !== 'harmless');
  const harmless = faults.filter(({ verdict }) => verdict === 'harmless');
  return [playOn(lanes, others, short, harmful, settings), playOn(1, others, patient, harmless, settings)];
}

async function playOn(
  servers: number,
  others: Others,
  limits: Limits,
  faults: readonly Fault[],
  settings: Record<string, string> = {},
): Promise<Outcome[]> {
  if (faults.length === 0) return [];
  const arenas = await Promise.all(
    Array.from({ length: servers }, () => Arena.start(others, limits, undefined, settings)),
  );
  try {
    return await playAll(arenas, rowsFor(faults, others));
  } finally {
    await Promise.all(arenas.map((arena) => arena.stop()));
  }
}

/** Plays every row of faults that an address has for good. */
export async function playAddresses(faults: readonly BadAddress[]): Promise<Outcome[]> {
  const untrusted = createTlsServer({ cert: testCertificate, key: testKey }, (socket) => socket.destroy());
  untrusted.on('tlsClientError', () => undefined);
  const nobody = createTcpServer();
  const [untrustedPort, closed] = [await listen(untrusted), await listen(nobody)];
  nobody.close();
  const outcomes: Outcome[] = [];
  for (const fault of faults) {
    for (const others of othersAlive) {
      const arena = await Arena.start(others, short, (plain) =>
        fault.url({ plain, closed, untrusted: untrustedPort }),
      );
      outcomes.push(...(await playAll([arena], rowsFor([fault], others))));
      await arena.stop();
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

function rowsFor(faults: readonly Fault[], others: Others): Row[] {
  return faults.flatMap((fault) => rowsOf(fault, others));
}

async function playAll(arenas: readonly Arena[], rows: Row[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...rows];
  await Promise.all(
    arenas.map(async (arena) => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        outcomes.push(await playSafely(arena, row));
      }
    }),
  );
  return outcomes;
}

/**
 * A row that throws is a wrong one; the others go on. One during which this process stood still for so long that its
 * limits mean nothing is played again.
 */
async function playSafely(arena: Arena, row: Row, isAgain = false): Promise<Outcome> {
  try {
    const { result: outcome, stoodStillMs } = await watched(() => play(arena, row));
    if (outcome.wrong.length === 0 || isAgain || stoodStillMs < arena.limits.phaseMs / 3) return outcome;
    return await playSafely(arena, row, true);
  } catch (error) {
    await arena.heal();
    await arena.renew();
    return { row, got: 'nothing', llmSaw: '', ms: 0, wrong: [`${nameOf(row)}: ${String(error)}`] };
  }
}
