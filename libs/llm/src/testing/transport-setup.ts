import { guideProtocol } from '../protocols/guide.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { type PoolContext } from '../transport/pool.js';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.js';
import { FakeClock } from './fake-clock.js';

export const streamed: LlmRequest = { message: 'hi', stream: true };
export const plain: LlmRequest = { message: 'hi', stream: false };

/** What a pool needs, for specs: the guide protocol and, unless another is given, a clock that stands still. */
export function poolContext(url: string, options: Partial<TransportOptions> = {}, clock = new FakeClock()) {
  return {
    address: { url, name: 'ws://server/', headers: () => ({ 'X-Test': 'yes' }), secrets: [] },
    model: 'm',
    protocol: guideProtocol,
    options: { ...transportDefaults, ...options },
    clock,
    random: () => 0,
  } satisfies PoolContext;
}
