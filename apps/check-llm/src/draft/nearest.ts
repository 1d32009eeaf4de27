import { LlmFrameError, type LlmProtocol } from '#llm';

/** How much of what a server said a protocol understands. */
export interface Nearness {
  name: string;
  understood: number;
  frames: number;
}

/** The protocol that understands most of these frames; undefined if none understands any. */
export function nearest(
  frames: readonly string[],
  candidates: readonly { name: string; protocol: LlmProtocol }[],
): Nearness | undefined {
  const ranked = candidates
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
    if (event?.type === 'delta' || event?.type === 'text') return event.text !== '';
    return event !== undefined || facts !== undefined;
  } catch {
    return false;
  }
}
