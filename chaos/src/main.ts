import { runCommand } from '#testing';
import { check } from './checker/check.js';
import { type Evidence, type Failover } from './checker/evidence.js';
import { failOver } from './failover.js';
import { Injector, type InjectedFault } from './faults/injector.js';
import { planFaults } from './faults/plan.js';
import { Lab } from './lab/lab.js';
import { readSnapshot } from './lab/snapshot.js';
import { Population } from './load/population.js';
import { type ChaosOptions, help, readOptions } from './options.js';
import { Random } from './random.js';
import { describeResult, findingsIn, replayCommand, type Result } from './report/report.js';
import { summarize } from './report/summary.js';
import { rollingRestart } from './rolling-restart.js';
import { settle } from './settle.js';

/**
 * The speed of the LLM, and the drain time of the replicas. In a rolling restart a long answer takes longer than the drain time.
 * A short one, the only kind that clients wait for, takes a third of it, so that it ends in time on a busy machine as well.
 */
const modes = {
  storm: { tokensPerSecond: 80, drainSeconds: 2, hasStandby: false },
  rolling: { tokensPerSecond: 40, drainSeconds: 3, hasStandby: false },
  failover: { tokensPerSecond: 80, drainSeconds: 2, hasStandby: true },
};

const failoverTimes = {
  short: { beforeMs: 2_000, downMs: 1_500, afterMs: 4_000 },
  long: { beforeMs: 10_000, downMs: 5_000, afterMs: 20_000 },
};

async function run(options: ChaosOptions, signal: AbortSignal): Promise<Result> {
  const progress = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const random = new Random(options.seed);
  progress(`seed ${options.seed}: starting PostgreSQL, two LLM servers and three replicas …`);
  await using lab = await Lab.open(modes[options.mode], signal);
  const isRolling = options.mode === 'rolling';
  const population = new Population(options.clients, lab.replicas, random.fork('clients'), {
    isRough: !isRolling,
  });
  const began = performance.now();
  population.start();
  let faults: InjectedFault[] = [];
  let failover: Failover | undefined;
  try {
    if (isRolling)
      await rollingRestart(lab, options.rounds, (name) => progress(`restarting ${name} …`), signal);
    else if (options.mode === 'failover')
      failover = await failOver(
        lab,
        random.fork('failover').pick(['kill', 'freeze'] as const),
        failoverTimes[options.isShort ? 'short' : 'long'],
        progress,
        signal,
      );
    else faults = await storm(lab, population, options, random, progress, signal);
    progress('faults have ended; waiting for the clients and their runs …');
    await settle(lab, population, signal);
  } catch (error) {
    await population.abort();
    throw error;
  }
  const database = await readSnapshot(lab.postgres);
  await Promise.all(lab.replicas.map((replica) => replica.terminate()));
  const endings = lab.replicas.flatMap((replica) => replica.endings);
  const evidence: Evidence = { histories: population.histories, database, endings, isRolling, failover };
  const verdicts = check(evidence);
  return {
    seed: options.seed,
    replay: replayCommand(options),
    summary: summarize(evidence, faults, (performance.now() - began) / 1_000),
    verdicts,
    logs: findingsIn(verdicts) > 0 ? lab.keepFolder() : undefined,
  };
}

async function storm(
  lab: Lab,
  population: Population,
  options: ChaosOptions,
  random: Random,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<InjectedFault[]> {
  const { faults, intervalMs, longestFreezeMs } = options;
  const { length: replicas } = lab.replicas;
  const { length: mocks } = lab.mocks;
  const plan = planFaults(random.fork('faults'), { faults, intervalMs, longestFreezeMs, replicas, mocks });
  const injector = new Injector(lab, population, signal);
  await injector.carryOut(plan, ({ kind, target, forMs }) => {
    const number = kind.startsWith('replica') || kind.startsWith('llm') ? ` ${target + 1}` : '';
    progress(`${injector.done.length + 1}/${faults} ${kind}${number}${forMs > 0 ? ` for ${forMs} ms` : ''}`);
  });
  await injector.heal();
  return injector.done;
}

/** @returns 1 when a rule was broken */
async function runAndReport(options: ChaosOptions, signal: AbortSignal): Promise<number> {
  const result = await run(options, signal);
  process.stdout.write(
    options.json ? `${JSON.stringify(result, undefined, 2)}\n` : `\n${describeResult(result)}\n\n`,
  );
  return findingsIn(result.verdicts) > 0 ? 1 : 0;
}

process.exit(await runCommand({ help, readOptions, run: runAndReport }));
