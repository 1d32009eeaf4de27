import { protocolNamed } from '#llm';
import { ordinaryDeltas } from './ordinary-deltas.js';

/** How much to measure, for each protocol. A round of warm-up comes before. */
export interface FramePlan {
  rounds: number;
  framesPerRound: number;
}

/** The figures of one protocol. */
export interface FrameFigures {
  protocol: string;
  /** Length of the frame in characters. */
  length: number;
  /** CPU time to parse and decode an ordinary delta, in microseconds: the median of the rounds. */
  micros: number;
}

/** Decodes an ordinary delta of every shipped protocol many times. */
export function measureFrames({ rounds, framesPerRound }: FramePlan): FrameFigures[] {
  return Object.entries(ordinaryDeltas).map(([protocol, frame]) => {
    const decoder = protocolNamed(protocol)!;
    const micros = Array.from({ length: rounds + 1 }, () => {
      const before = process.cpuUsage();
      for (let count = 0; count < framesPerRound; count += 1) {
        if (decoder.decode(frame).event?.type !== 'delta')
          throw new Error(`${protocol}: the frame is not a delta`);
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / framesPerRound;
    });
    const sorted = micros.slice(1).sort((a, b) => a - b);
    return { protocol, length: frame.length, micros: sorted[Math.floor(sorted.length / 2)]! };
  });
}
