import { type DestinationStream } from 'pino';
import { PinoPretty } from 'pino-pretty';

/** Readable log lines for a terminal, written synchronously so that none is lost when the process exits. */
export function pretty(): DestinationStream {
  return PinoPretty({
    colorize: process.stdout.isTTY,
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss',
    sync: true,
  });
}
