import { type ProtocolDescription } from '#llm';
import { keyOf, type Leaves } from './leaves.js';

type Facts = Pick<ProtocolDescription, 'usage' | 'model' | 'finish_reason'>;

const tokens = /tok|usage/i;
const input = /(^|[._])(in|input|inputs|prompt|question|asked)([._]|$)/i;
const output = /(^|[._])(out|output|outputs|completion|generated|answer|response|candidates)([._]|$)/i;
const total = /(^|[._])(total|tokens|tokens_used|token_count|used)([._]|$)/i;

/** The paths of token counts, model and finish reason in the frames of an answer. */
export function factPaths(frames: readonly Leaves[]): Facts {
  const usage: { input?: string; output?: string; total?: string } = {};
  let model: string | undefined;
  let finish: string | undefined;
  for (const leaves of frames) {
    for (const [path, value] of leaves) {
      const key = keyOf(path);
      if (typeof value === 'number' && tokens.test(path)) {
        if (input.test(path)) usage.input ??= path;
        else if (output.test(path)) usage.output ??= path;
        else if (total.test(path)) usage.total ??= path;
      }
      if (typeof value !== 'string') continue;
      if (key === 'model' || key === 'model_name') model ??= path;
      if (/^(finish|stop|end)_?reason$/.test(key)) finish ??= path;
    }
  }
  return {
    ...(Object.keys(usage).length === 0 ? {} : { usage }),
    ...(model === undefined ? {} : { model }),
    ...(finish === undefined ? {} : { finish_reason: finish }),
  };
}
