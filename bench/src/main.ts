import { runCommand } from '#testing';
import { mkdir } from 'node:fs/promises';
import { frameTable, frameVerdicts } from './frames/frame-report.js';
import { measureFrames } from './frames/measure-frames.js';
import { historyPlans, historyTable, historyVerdicts } from './history/history-report.js';
import { measureHistory } from './history/measure-history.js';
import { Lab } from './lab/lab.js';
import { describeMachine, inspectMachine } from './lab/machine.js';
import { help, readOptions, type BenchOptions } from './options.js';
import { measurePage } from './page/measure-page.js';
import { pageTable, pageVerdicts } from './page/page-report.js';
import { verdictLine } from './report/verdict.js';
import { measureReuse } from './reuse/measure-reuse.js';
import { reuseTable } from './reuse/reuse-report.js';
import { measureStreams } from './streams/measure-streams.js';
import { streamTable, streamVerdicts } from './streams/stream-figures.js';
import { compareTurns } from './turns/compare-turns.js';
import { turnTable, turnVerdicts } from './turns/turn-report.js';

async function measure(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const progress = (text: string) => void process.stderr.write(`  ${text} …\n`);
  const folder = options.turns?.profileFolder ?? options.streams?.profileFolder;
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const machine = await inspectMachine(signal);
  const { turns, streams, history, page } = await measureServer(options, progress, signal);
  if (options.frames) progress('decoding frames');
  const frames = options.frames && measureFrames(options.frames);
  const reuse = options.reuse && (await measureReuse(options.reuse, progress));
  const verdicts = [
    ...(turns ? turnVerdicts(turns) : []),
    ...(streams ? streamVerdicts(streams) : []),
    ...(frames ? frameVerdicts(frames) : []),
    ...(history ? historyVerdicts(history) : []),
    ...(page ? pageVerdicts(page) : []),
  ];
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ machine, turns, streams, frames, history, page, reuse, verdicts }, undefined, 2)}\n`,
    );
    return;
  }
  const parts = [
    describeMachine(machine),
    turns && `Durable turns (POST /api/chat, a new conversation each)\n\n${turnTable(turns)}`,
    streams && `Event streams (50 tokens/s each)\n\n${streamTable(streams)}`,
    frames && `Frames of LLM protocols (decoding one ordinary delta)\n\n${frameTable(frames)}`,
    history && options.plans && historyPlans(history),
    history && `Pages of a long history (execution time in PostgreSQL)\n\n${historyTable(history)}`,
    reuse && `Connections without request ids (answers of 20 ms)\n\n${reuseTable(reuse)}`,
    page && `The chat page (answers of 20,000 characters, 100 tokens/s)\n\n${pageTable(page)}`,
    verdicts.length > 0 && `Targets\n\n${verdicts.map(verdictLine).join('\n')}`,
  ];
  process.stdout.write(`\n${parts.filter((part) => typeof part === 'string').join('\n\n')}\n\n`);
}

/** The parts that need a database and a server. */
async function measureServer(options: BenchOptions, progress: (text: string) => void, signal: AbortSignal) {
  if (!options.turns && !options.streams && !options.history && !options.page) return {};
  progress('starting PostgreSQL and the mock LLM');
  await using lab = await Lab.open(signal);
  const turns = options.turns && (await compareTurns(lab, options.turns, progress, signal));
  const streams = options.streams && (await measureStreams(lab, options.streams, progress, signal));
  const history = options.history && (await measureHistory(lab, options.history, progress, signal));
  const page = options.page && (await measurePage(lab, options.page, progress, signal));
  return { turns, streams, history, page };
}

// 0 also for a target that was missed; 1 when a figure could not be taken or something was lost.
process.exit(
  await runCommand({
    help,
    readOptions,
    run: async (options, signal) => {
      await measure(options, signal);
      return 0;
    },
  }),
);
