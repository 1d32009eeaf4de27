import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** What the benchmark asks a program under test, over the IPC channel. */
export type ProbeQuestion =
  { ask: 'cpu' } | { ask: 'start-profile' } | { ask: 'write-profile'; file: string };

/** The answer to each question. */
export interface ProbeAnswer {
  /** CPU time since the program started, user and system, of all threads, in microseconds. */
  cpu: number;
}

/** How often the profiler takes a sample, in microseconds. */
const samplingInterval = 200;

/**
 * Loaded into every program under test by `node --import`: reports the CPU time of the process in microseconds (`/proc/PID/stat`
 * counts in steps of 10 ms) and takes CPU profiles.
 */
const session = new Session();

async function answer(question: ProbeQuestion): Promise<ProbeAnswer> {
  if (question.ask === 'start-profile') {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: samplingInterval });
    await session.post('Profiler.start');
  } else if (question.ask === 'write-profile') {
    const { profile } = await session.post('Profiler.stop');
    await writeFile(question.file, JSON.stringify(profile));
    session.disconnect();
  }
  const { user, system } = process.cpuUsage();
  return { cpu: user + system };
}

process.on('message', (question: ProbeQuestion) => {
  void answer(question).then((reply) => process.send?.(reply));
});
process.channel?.unref();
