import { type ConnectionRules, type ProtocolLimits } from '../connection-rules.js';
import { type ProtocolVariable } from '../protocol-context.js';
import { type ProtocolDescription } from './description.js';
import { type Place } from './mistakes.js';
import { type ConnectionValues } from './placeholders.js';
import { compileFrame, type Placeholders } from './template.js';

/** Of a server that does not name answers, no two can be told apart. */
const oneAtATime = 1;

/** How connections are treated. */
export function compileConnection(
  { connection = {}, correlation, close = {} }: ProtocolDescription,
  place: Place,
  namesModel: boolean,
  known: Placeholders<ConnectionValues>,
): Partial<ConnectionRules> {
  const { keepalive } = connection;
  const hasIds = correlation?.request !== undefined || correlation?.answer !== undefined;
  const alive =
    keepalive && compileFrame(keepalive.send, place.at('connection').at('keepalive').at('send'), known);
  const closeErrors = Object.fromEntries(
    Object.entries(close.errors ?? {}).map(([code, meaning]) => [Number(code), meaning]),
  );
  return {
    correlation: hasIds && correlation?.optional !== true ? 'ids' : 'order',
    uniqueIds: hasIds && correlation?.ids !== 'number',
    maxInFlight: hasIds ? (connection.in_flight ?? Infinity) : oneAtATime,
    reuse: connection.reuse ?? 'pool',
    isForOneModel: namesModel,
    maxAgeMs: (connection.max_age ?? Infinity) * 1000,
    endsOnClose: close.ends ?? [],
    closeErrors,
    binaryText: connection.binary ?? false,
    answersPings: connection.ping ?? true,
    keepalive: alive && {
      frame: (context) => alive({ context }),
      everyMs: keepalive.every * 1000,
    },
  };
}

/** Limits, in milliseconds. */
export function limitsOf({ limits = {} }: ProtocolDescription): ProtocolLimits {
  const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);
  return {
    maxFrameBytes: limits.frame,
    connectMs: ms(limits.connect),
    firstTokenMs: ms(limits.first_token),
    idleMs: ms(limits.idle),
    totalMs: ms(limits.total),
  };
}

export function variablesOf({ variables = {} }: ProtocolDescription): Record<string, ProtocolVariable> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (value === null) return [name, {}];
      return [name, typeof value === 'object' ? value : { default: value }];
    }),
  );
}
