import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** What the benchmark asks of a program under test, over the channel between parent and child. */
export type ProbeQuestion = { ask: 'cpu' } | { ask: 'profile' } | { ask: 'profiled'; file: string };

/** CPU time in microseconds since the program started, user and system, all of its threads. */
export interface ProbeAnswer {
  cpu: number;
}

/**
 * Loaded into every program under test by `node --import`: tells the CPU time of the whole process to the microsecond
 * (`/proc/PID/stat` counts in steps of 10 ms), takes CPU profiles, and ends the program when the benchmark is gone.
 */
const session = new Session();

async function answer(question: ProbeQuestion): Promise<ProbeAnswer> {
  if (question.ask === 'profile') {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
  } else if (question.ask === 'profiled') {
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
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
