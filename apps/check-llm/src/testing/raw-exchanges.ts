import { type RawExchange } from '../draft/raw-exchange.js';

/** The question of every exchange. */
export const prompt = 'Count from one to twenty, in words.';

/** The request id of every exchange. */
export const requestId = 'c0ffee-1';

/** An exchange with these response frames, objects as JSON, except for the given facts. */
export function exchangeOf(
  received: readonly (string | object)[],
  changes: Partial<RawExchange> = {},
): RawExchange {
  return {
    request: { ask: '{{prompt}}', tag: '{{id}}' },
    prompt,
    id: requestId,
    isNumericId: false,
    isBinary: false,
    framing: undefined,
    opening: [],
    greeting: [],
    received: received.map((frame) => (typeof frame === 'string' ? frame : JSON.stringify(frame))),
    closeCode: undefined,
    closeReason: '',
    ...changes,
  };
}
