import { LlmServerError } from '../errors/answer-errors.js';
import { type DecodedFrame, type LlmProtocol } from '../protocols/protocol.js';

/** A frame of {@link testProtocol}; each key has one meaning, and a frame may have several. */
export interface TestFrame {
  /** Our name for the request. */
  id?: string;
  /** The server's name for its answer. */
  answer?: string;
  piece?: string;
  /** The text so far. */
  all?: string;
  end?: boolean;
  tokens?: number;
  error?: string;
  reach?: 'answer' | 'connection' | 'nobody';
  /** Kept, and asked back with. */
  secret?: string;
  ping?: boolean;
  bye?: boolean;
}

function eventOf({ piece, all, end, error, reach }: TestFrame): DecodedFrame['event'] {
  if (error !== undefined) return { type: 'error', error: new LlmServerError(error, ''), reach };
  if (end) return { type: 'end', ...(all === undefined ? {} : { text: all }) };
  if (all !== undefined) return { type: 'text', text: all };
  return piece === undefined ? undefined : { type: 'delta', text: piece };
}

/** Has everything that a protocol can have, in the plainest form; specs change what they are not about. */
export const testProtocol = {
  name: 'named',
  connection: { correlation: 'ids' },
  encode: ({ message, history = [] }, { requestId, model }) =>
    JSON.stringify({ ask: message, before: history.length, id: requestId, model }),
  decode: (text): DecodedFrame => {
    const frame = JSON.parse(text) as TestFrame;
    const { id, answer, tokens, secret, ping, bye } = frame;
    return {
      requestId: id,
      answerId: answer,
      event: eventOf(frame),
      facts: tokens === undefined ? undefined : { usage: { totalTokens: tokens } },
      learned: secret === undefined ? undefined : { secret },
      next:
        secret === undefined
          ? undefined
          : ({ message }, { learned, requestId }) =>
              JSON.stringify({ again: message, id: requestId, secret: learned.secret }),
      reply: ping ? JSON.stringify({ pong: true }) : undefined,
      drain: bye,
    };
  },
  cancel: (_, { requestId, answerId }) =>
    answerId === undefined ? undefined : JSON.stringify({ stop: answerId, id: requestId }),
} satisfies LlmProtocol as LlmProtocol;
