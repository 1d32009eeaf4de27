import { join } from 'node:path';
import { type Lab, type Program } from '../lab/lab.js';
import { distribution } from '../report/distribution.js';
import { askDirectly } from './direct-ask.js';
import { turnFigures, type Cell, type TurnComparison } from './turn-figures.js';
import { runTurns, type TurnRound } from './turn-load.js';

/** How thoroughly to measure. */
export interface TurnPlan {
  /** Another checkout of Parley, built, to measure beside this one; undefined: none. */
  against: string | undefined;
  /** Before anything is measured, for each program. */
  warmUpSeconds: number;
  /** Of each program in each cell, in turns: A B B A A B … */
  rounds: number;
  roundSeconds: number;
  /** Where CPU profiles go, one for each cell and program; undefined: none are taken. */
  profileFolder: string | undefined;
}

const cells: readonly Cell[] = [0, 50].flatMap((mockMs) =>
  [1, 16, 64].map((concurrency) => ({ mockMs, concurrency })),
);

/**
 * Measures the programs in every cell.
 * @throws Error when a turn that was answered is not in the program's database
 */
export async function compareTurns(
  lab: Lab,
  plan: TurnPlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<TurnComparison[]> {
  const programs: Programs = {
    parley: await lab.startParley(),
    bare: await lab.startBare(),
    other: plan.against === undefined ? undefined : await lab.startOtherParley(plan.against),
  };
  const answered = new Map(all(programs).map((program) => [program, 0]));
  const run = async (program: Program, concurrency: number, seconds: number): Promise<TurnRound> => {
    const round = await runTurns(program, { concurrency, seconds }, signal);
    answered.set(program, answered.get(program)! + round.turns);
    return round;
  };

  progress('warming up');
  for (const program of answered.keys()) await run(program, 16, plan.warmUpSeconds);
  const comparisons: TurnComparison[] = [];
  for (const cell of cells) {
    progress(`turns: ${cell.concurrency} at once, ${cell.mockMs} ms mock`);
    await lab.mock.behave({ serviceTimeMs: cell.mockMs });
    comparisons.push(await compareIn(cell, lab, programs, plan, run, signal));
  }
  for (const [program, turns] of answered) await checkStored(lab, program, turns);
  return comparisons;
}

interface Programs {
  parley: Program;
  bare: Program;
  other: Program | undefined;
}

function all({ parley, bare, other }: Programs): Program[] {
  return other ? [parley, bare, other] : [parley, bare];
}

async function compareIn(
  cell: Cell,
  lab: Lab,
  programs: Programs,
  plan: TurnPlan,
  run: (program: Program, concurrency: number, seconds: number) => Promise<TurnRound>,
  signal: AbortSignal,
): Promise<TurnComparison> {
  const rounds = new Map<Program, TurnRound[]>(all(programs).map((program) => [program, []]));
  const direct: number[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    // Back and forth, so that a machine that becomes slower meanwhile is nobody's disadvantage.
    for (const program of round % 2 === 0 ? all(programs) : all(programs).reverse()) {
      rounds.get(program)!.push(await run(program, cell.concurrency, plan.roundSeconds));
    }
    direct.push(...(await askDirectly(lab.mock.url, plan.roundSeconds / 4, signal)));
  }
  if (plan.profileFolder !== undefined) {
    // After the figures were taken: a profiler costs CPU.
    for (const program of all(programs)) {
      await program.child.startProfile();
      await run(program, cell.concurrency, 2 * plan.roundSeconds);
      const name = `${program.name.toLowerCase()}-${cell.mockMs}ms-${cell.concurrency}.cpuprofile`;
      await program.child.writeProfile(join(plan.profileFolder, name));
    }
  }
  const { parley, bare, other } = programs;
  return {
    ...cell,
    parley: turnFigures(rounds.get(parley)!),
    bare: turnFigures(rounds.get(bare)!),
    other: other && turnFigures(rounds.get(other)!),
    directMs: distribution(direct).p50,
  };
}

async function checkStored(lab: Lab, program: Program, answered: number): Promise<void> {
  const stored = await lab.count(
    program,
    `SELECT count(*) FROM messages m JOIN runs r ON r.message_id = m.id
     WHERE m.status = 'completed' AND m.content <> '' AND r.status = 'completed'`,
  );
  if (stored !== answered) {
    throw new Error(`${program.name} answered ${answered} turns, but stored ${stored} of them`);
  }
}
