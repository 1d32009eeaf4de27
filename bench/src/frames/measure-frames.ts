import { protocolNamed } from '#llm';
import { ordinaryDeltas } from './ordinary-deltas.js';

/** How long each protocol is measured, and what is not counted before. */
export interface FramePlan {
  rounds: number;
  framesPerRound: number;
}

export interface FrameFigures {
  protocol: string;
  /** Length of the frame in characters. */
  length: number;
  /** CPU to read an ordinary delta: JSON and meaning. The median of the rounds. */
  micros: number;
}

/** Reads an ordinary delta of every shipped protocol many times, after a warm-up round. */
export function measureFrames({ rounds, framesPerRound }: FramePlan): FrameFigures[] {
  return Object.entries(ordinaryDeltas).map(([protocol, frame]) => {
    const spoken = protocolNamed(protocol)!;
    const micros = Array.from({ length: rounds + 1 }, () => {
      const before = process.cpuUsage();
      for (let count = 0; count < framesPerRound; count += 1) {
        if (spoken.decode(frame).event?.type !== 'delta')
          throw new Error(`${protocol}: the frame is no delta`);
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / framesPerRound;
    });
    const counted = micros.slice(1).sort((a, b) => a - b);
    return { protocol, length: frame.length, micros: counted[Math.floor(counted.length / 2)]! };
  });
}
