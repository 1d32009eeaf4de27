import { type Socket } from 'node:net';
import { type ProxyFault } from './proxy-fault.js';

/** Writes to a socket at the pace of a fault. */
export interface Pace {
  write: (bytes: Buffer) => void;
  /** FIN, once everything is written. */
  end: () => void;
  /** Forgets what is not written. */
  stop: () => void;
}

/** How often a limited bandwidth is used. */
const tickMs = 10;
/** A segment of each of these lengths in turn. */
const sliceLengths = [1, 2, 3];

export function paced(socket: Socket, fault: ProxyFault): Pace {
  switch (fault.kind) {
    case 'drip':
      return inPieces(socket, () => 1, fault.byteMs);
    case 'bandwidth':
      return inPieces(socket, () => Math.max(1, (fault.bytesPerSecond * tickMs) / 1_000), tickMs);
    case 'slice': {
      let count = 0;
      return inPieces(socket, () => sliceLengths[(count += 1) % sliceLengths.length]!, 0);
    }
    case 'latency':
      return later(socket, fault.ms);
    default:
      return {
        write: (bytes) => socket.write(bytes),
        end: () => socket.end(),
        stop: () => undefined,
      };
  }
}

/** A piece at a time; with 0 ms between them, as fast as the event loop turns. */
function inPieces(socket: Socket, length: () => number, everyMs: number): Pace {
  let waiting = Buffer.alloc(0);
  let isEnding = false;
  let next: NodeJS.Timeout | NodeJS.Immediate | undefined;
  const schedule = (): void => {
    next ??= everyMs === 0 ? setImmediate(step) : setTimeout(step, everyMs);
  };
  const step = (): void => {
    next = undefined;
    const size = length();
    socket.write(waiting.subarray(0, size));
    waiting = waiting.subarray(size);
    if (waiting.length > 0) schedule();
    else if (isEnding) socket.end();
  };
  return {
    write: (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      schedule();
    },
    end: () => {
      isEnding = true;
      schedule();
    },
    stop: () => {
      clearTimeout(next as NodeJS.Timeout);
      clearImmediate(next as NodeJS.Immediate);
      next = undefined;
      waiting = Buffer.alloc(0);
    },
  };
}

function later(socket: Socket, ms: number): Pace {
  const timers = new Set<NodeJS.Timeout>();
  const after = (act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  return {
    write: (bytes) => after(() => socket.write(bytes)),
    end: () => after(() => socket.end()),
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
