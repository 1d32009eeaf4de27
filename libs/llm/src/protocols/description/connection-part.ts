import { FrameShapeError, parseFrame } from '../../frame-json.js';
import { type ConnectionRules, type FrameSeparator, type ProtocolLimits } from '../connection-rules.js';
import { type ProtocolVariable } from '../protocol-context.js';
import { type ProtocolDescription } from './description.js';
import { type Location } from './mistakes.js';
import { type ConnectionValues } from './placeholders.js';
import { compileFrame, type Placeholders } from './template.js';

/** Without ids, the frames of two answers cannot be distinguished. */
const oneAtATime = 1;

/** Compiles the connection rules. */
export function compileConnection(
  description: ProtocolDescription,
  location: Location,
  namesModel: boolean,
  known: Placeholders<ConnectionValues>,
): Partial<ConnectionRules> {
  const { connection = {}, correlation, close = {}, end, cancel, limits = {} } = description;
  const { keepalive } = connection;
  const hasIds = correlation?.request !== undefined || correlation?.answer !== undefined;
  const keepaliveFrame =
    keepalive && compileFrame(keepalive.send, location.at('connection').at('keepalive').at('send'), known);
  const silence = [end ?? []].flat().find((rule) => rule.silence !== undefined)?.silence;
  if (silence !== undefined && limits.idle !== undefined && limits.idle <= silence) {
    location.at('limits').at('idle').report('must be longer than the silence that ends an answer');
  }
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
    silenceEndMs: silence === undefined ? undefined : silence * 1000,
    cancelEnds: cancel?.ends ?? false,
    endsOnClose: close.ends ?? [],
    closeErrors,
    binaryText: connection.binary === true,
    ignoresBinary: connection.binary === 'ignore',
    separator: separatorOf(description),
    answersPings: connection.ping ?? true,
    keepalive: keepaliveFrame && {
      frame: (context) => keepaliveFrame({ context }),
      everyMs: keepalive.every * 1000,
    },
  };
}

function separatorOf({ separator, frames = 'json' }: ProtocolDescription): FrameSeparator | undefined {
  if (separator === undefined) return undefined;
  const isText = (text: string): boolean =>
    frames === 'text' || (frames === 'mixed' && !text.startsWith('{'));
  return { text: separator, isComplete: (text) => isText(text) || isJson(text) };
}

function isJson(text: string): boolean {
  try {
    parseFrame(text);
    return true;
  } catch (error) {
    // The decoder reports it.
    return error instanceof FrameShapeError;
  }
}

/** The limits of a description, converted to milliseconds. */
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

/** The variables of a description, with their defaults. */
export function variablesOf({ variables = {} }: ProtocolDescription): Record<string, ProtocolVariable> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (value === null) return [name, {}];
      return [name, typeof value === 'object' ? value : { default: value }];
    }),
  );
}
