import { join } from 'node:path';
import { type Lab, type TestedServer } from '../lab/lab.js';
import { distribution } from '../report/distribution.js';
import { askMock } from './ask-mock.js';
import { turnFigures, type Cell, type TurnComparison } from './turn-figures.js';
import { runTurns, type TurnRound } from './turn-load.js';

/** How long to measure. */
export interface TurnPlan {
  /** Another built checkout of Parley to compare with; undefined: there is none. */
  against: string | undefined;
  /** Of each server, before it is measured. */
  warmUpSeconds: number;
  /** Of each server in each cell, in alternating order: A B B A A B … */
  rounds: number;
  roundSeconds: number;
  /** The folder for CPU profiles, one for each cell and server; undefined: there are none. */
  profileFolder: string | undefined;
}

const cells: readonly Cell[] = [0, 50].flatMap((mockMs) =>
  [1, 16, 64].map((concurrency) => ({ mockMs, concurrency })),
);

/**
 * Measures all servers in every cell.
 * @throws Error if a turn that was answered is not in the server's database
 */
export async function compareTurns(
  lab: Lab,
  plan: TurnPlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<TurnComparison[]> {
  const servers: TestedServers = {
    parley: await lab.startParley(),
    bare: await lab.startBare(),
    other: plan.against === undefined ? undefined : await lab.startOtherParley(plan.against),
  };
  const answered = new Map(all(servers).map((server) => [server, 0]));
  const run = async (server: TestedServer, concurrency: number, seconds: number): Promise<TurnRound> => {
    const round = await runTurns(server, { concurrency, seconds }, signal);
    answered.set(server, answered.get(server)! + round.turns);
    return round;
  };

  progress('warming up');
  for (const server of answered.keys()) await run(server, 16, plan.warmUpSeconds);
  const comparisons: TurnComparison[] = [];
  for (const cell of cells) {
    progress(`turns: ${cell.concurrency} at once, ${cell.mockMs} ms mock`);
    await lab.mock.behave({ serviceTimeMs: cell.mockMs });
    comparisons.push(await compareIn(cell, lab, servers, plan, run, signal));
  }
  for (const [server, turns] of answered) await checkStored(lab, server, turns);
  return comparisons;
}

interface TestedServers {
  parley: TestedServer;
  bare: TestedServer;
  other: TestedServer | undefined;
}

function all({ parley, bare, other }: TestedServers): TestedServer[] {
  return other ? [parley, bare, other] : [parley, bare];
}

async function compareIn(
  cell: Cell,
  lab: Lab,
  servers: TestedServers,
  plan: TurnPlan,
  run: (server: TestedServer, concurrency: number, seconds: number) => Promise<TurnRound>,
  signal: AbortSignal,
): Promise<TurnComparison> {
  const rounds = new Map<TestedServer, TurnRound[]>(all(servers).map((server) => [server, []]));
  const direct: number[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    // In alternating order, so that a machine that becomes slower affects all servers alike.
    for (const server of round % 2 === 0 ? all(servers) : all(servers).reverse()) {
      rounds.get(server)!.push(await run(server, cell.concurrency, plan.roundSeconds));
    }
    direct.push(...(await askMock(lab.mock.url, plan.roundSeconds / 4, signal)));
  }
  if (plan.profileFolder !== undefined) {
    // After the measurements, because a profiler takes CPU.
    for (const server of all(servers)) {
      await server.process.startProfile();
      await run(server, cell.concurrency, 2 * plan.roundSeconds);
      const name = `${server.name.toLowerCase()}-${cell.mockMs}ms-${cell.concurrency}.cpuprofile`;
      await server.process.writeProfile(join(plan.profileFolder, name));
    }
  }
  const { parley, bare, other } = servers;
  return {
    ...cell,
    parley: turnFigures(rounds.get(parley)!),
    bare: turnFigures(rounds.get(bare)!),
    other: other && turnFigures(rounds.get(other)!),
    directMs: distribution(direct).p50,
  };
}

async function checkStored(lab: Lab, server: TestedServer, answered: number): Promise<void> {
  const stored = await lab.count(
    server,
    `SELECT count(*) FROM messages m JOIN runs r ON r.message_id = m.id
     WHERE m.status = 'completed' AND m.content <> '' AND r.status = 'completed'`,
  );
  if (stored !== answered) {
    throw new Error(`${server.name} answered ${answered} turns, but stored ${stored} of them`);
  }
}
