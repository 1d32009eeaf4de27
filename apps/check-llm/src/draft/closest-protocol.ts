import { LlmFrameError, type LlmProtocol } from '#llm';

/** How many frames of a server a protocol understands. */
export interface ProtocolMatch {
  name: string;
  understood: number;
  /** The number of all frames. */
  frames: number;
}

/**
 * The protocol that understands most of the frames; undefined if none understands any. A frame that a protocol takes as a
 * whole for a piece of text is not understood: such a protocol takes anything.
 */
export function closestProtocol(
  frames: readonly string[],
  protocols: readonly { name: string; protocol: LlmProtocol }[],
): ProtocolMatch | undefined {
  const ranked = protocols
    .map(({ name, protocol }) => ({
      name,
      understood: frames.filter((frame) => isUnderstood(protocol, frame)).length,
      frames: frames.length,
    }))
    .filter(({ understood }) => understood > 0);
  return ranked.toSorted((a, b) => b.understood - a.understood)[0];
}

function isUnderstood(protocol: LlmProtocol, frame: string): boolean {
  try {
    const { event, facts } = protocol.decode(frame);
    if (event?.type === 'error') return !(event.error instanceof LlmFrameError);
    if (event?.type === 'delta' || event?.type === 'text') return event.text !== '' && event.text !== frame;
    if (event?.type === 'end') return event.text !== frame && event.lastPiece !== frame;
    return event !== undefined || facts !== undefined;
  } catch {
    return false;
  }
}
