import { join } from 'node:path';
import { type Lab } from '../lab/lab.js';
import { streamFigures, type StreamFigures } from './stream-figures.js';
import { runStreams } from './stream-load.js';

/** How many streams to measure. */
export interface StreamPlan {
  streams: number;
  tokensEach: number;
  /** The folder for a CPU profile; undefined: there is none. */
  profileFolder: string | undefined;
}

const tokensPerSecond = 50;
const warmUpTokens = 50;

/**
 * Measures many answers at once, each with 50 tokens/s.
 * @throws Error if a reader received something else than an answer of the LLM
 */
export async function measureStreams(
  lab: Lab,
  plan: StreamPlan,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<StreamFigures> {
  const parley = await lab.startParley({
    LLM_MAX_CONNECTIONS: String(Math.ceil(plan.streams * 1.2)),
    MAX_STREAMS_PER_OWNER: String(plan.streams),
  });
  await lab.mock.behave({ serviceTimeMs: 0, tokensPerSecond });
  const run = (tokensEach: number) => runStreams(lab, parley, { ...plan, tokensEach }, signal);

  progress('streams: warming up');
  await run(warmUpTokens);
  progress(`streams: ${plan.streams} at once, ${plan.tokensEach} tokens each`);
  const round = await run(plan.tokensEach);
  if (plan.profileFolder !== undefined) {
    await parley.process.startProfile();
    await run(plan.tokensEach);
    await parley.process.writeProfile(join(plan.profileFolder, 'parley-streams.cpuprofile'));
  }
  return streamFigures(round, tokensPerSecond);
}
