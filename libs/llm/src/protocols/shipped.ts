import { describedProtocol, shippedDescriptions } from './described.js';
import { guideProtocol } from './guide.js';
import { type LlmProtocol } from './protocol.js';

/** Every protocol that comes with this library; routes name them. */
export const shippedProtocols: readonly LlmProtocol[] = [
  guideProtocol,
  ...shippedDescriptions.map(describedProtocol),
];

/** The protocol of that name: one of `own`, which win, or a shipped one. */
export function protocolNamed(name: string, own: readonly LlmProtocol[] = []): LlmProtocol | undefined {
  return [...own, ...shippedProtocols].find((protocol) => protocol.name === name);
}
