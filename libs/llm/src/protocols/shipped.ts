import { describedProtocol, shippedDescriptions } from './described.js';
import { guideProtocol } from './guide.js';
import { type LlmProtocol } from './protocol.js';

/** All protocols of this library; routes refer to them by name. */
export const shippedProtocols: readonly LlmProtocol[] = [
  guideProtocol,
  ...shippedDescriptions.map(describedProtocol),
];

/** The protocol with this name; those in `own` take precedence over shipped ones. */
export function protocolNamed(name: string, own: readonly LlmProtocol[] = []): LlmProtocol | undefined {
  return [...own, ...shippedProtocols].find((protocol) => protocol.name === name);
}
