import { LlmServerError } from '../errors/answer-errors.js';
import { type DecodedFrame, type LlmProtocol } from '../protocols/protocol.js';

/** A frame of {@link testProtocol}; keys may be combined. */
export interface TestFrame {
  /** The client's id of the request. */
  id?: string;
  /** The server's id of the answer. */
  answer?: string;
  /** The next piece of the text. */
  piece?: string;
  /** The whole text so far. */
  all?: string;
  end?: boolean;
  tokens?: number;
  error?: string;
  reach?: 'answer' | 'connection' | 'nobody';
  /** A value that the client must send back in its next frame. */
  secret?: string;
  ping?: boolean;
  /** The server wants to close the connection after the current answer. */
  bye?: boolean;
}

function eventOf({ piece, all, end, error, reach }: TestFrame): DecodedFrame['event'] {
  if (error !== undefined) return { type: 'error', error: new LlmServerError(error, ''), reach };
  if (end) return { type: 'end', ...(all === undefined ? {} : { text: all }) };
  if (all !== undefined) return { type: 'text', text: all };
  return piece === undefined ? undefined : { type: 'delta', text: piece };
}

/** A protocol with every optional feature, in its simplest form. Specs override single members. */
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
