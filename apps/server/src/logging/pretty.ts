import { type DestinationStream } from 'pino';
import { PinoPretty } from 'pino-pretty';

/** Log lines for a terminal, written at once: nothing is lost when the process ends. */
export function pretty(): DestinationStream {
  return PinoPretty({
    colorize: process.stdout.isTTY,
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss',
    sync: true,
  });
}
