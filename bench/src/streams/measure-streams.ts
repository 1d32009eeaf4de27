import { join } from 'node:path';
import { type Lab } from '../lab/lab.js';
import { streamFigures, type StreamFigures } from './stream-figures.js';
import { runStreams } from './stream-load.js';

/** How thoroughly to measure. */
export interface StreamPlan {
  streams: number;
  tokensEach: number;
  /** Where a CPU profile goes; undefined: none is taken. */
  profileFolder: string | undefined;
}

const tokensPerSecond = 50;
const warmUpTokens = 50;

/**
 * Many answers at once, each at the pace of a fast LLM.
 * @throws Error when a reader got anything but exactly what the LLM answered
 */
export async function measureStreams(
  lab: Lab,
  plan: StreamPlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<StreamFigures> {
  const parley = await lab.startParley({ LLM_MAX_CONNECTIONS: String(Math.ceil(plan.streams * 1.2)) });
  await lab.mock.behave({ serviceTimeMs: 0, tokensPerSecond });
  const run = (tokensEach: number) => runStreams(lab, parley, { ...plan, tokensEach }, signal);

  progress('streams: warming up');
  await run(warmUpTokens);
  progress(`streams: ${plan.streams} at once, ${plan.tokensEach} tokens each`);
  const round = await run(plan.tokensEach);
  if (plan.profileFolder !== undefined) {
    await parley.child.startProfile();
    await run(plan.tokensEach);
    await parley.child.writeProfile(join(plan.profileFolder, 'parley-streams.cpuprofile'));
  }
  return streamFigures(round, tokensPerSecond);
}
