import { type Socket } from 'node:net';
import { type ProxyFault } from './proxy-fault.js';

/** Writes to a socket at a limited rate. */
export interface PacedWriter {
  write: (bytes: Buffer) => void;
  /** Sends FIN after all bytes are written. */
  end: () => void;
  /** Discards unwritten bytes. */
  stop: () => void;
}

/** The interval of writes at a limited bandwidth, in ms. */
const tickMs = 10;
/** The lengths of segments, in turn, in bytes. */
const sliceLengths = [1, 2, 3];

/** Creates a writer with the rate of a fault; without one, bytes are written immediately. */
export function pacedWriter(socket: Socket, fault: ProxyFault): PacedWriter {
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

/** Writes one piece every `everyMs`; 0: one piece per turn of the event loop. */
function inPieces(socket: Socket, length: () => number, everyMs: number): PacedWriter {
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

function later(socket: Socket, ms: number): PacedWriter {
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
