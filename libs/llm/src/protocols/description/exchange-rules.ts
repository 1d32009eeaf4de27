import {
  type DecodedFrame,
  type EncodeContext,
  type Learned,
  type LlmProtocol,
  type LlmRequest,
} from '../protocol.js';
import { compileWhen } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { type Location } from './mistakes.js';
import { compilePath, compilePaths } from './path.js';
import { type RequestValues } from './placeholders.js';
import { compileFrame, compileFrames, type Placeholders } from './template.js';

/** Reads the id of a request or an answer from a frame; numbers are converted to strings. */
export type ReadId = (frame: unknown) => string | undefined;

/** Compiles the paths of request id and answer id. */
export function compileIds(
  { correlation = {} }: ProtocolDescription,
  location: Location,
): { requestId: ReadId | undefined; answerId: ReadId | undefined } {
  const compile = (which: 'request' | 'answer'): ReadId | undefined => {
    const read = compilePaths(correlation[which], location.at(which));
    return read && ((frame) => idOf(read(frame)));
  };
  return { requestId: compile('request'), answerId: compile('answer') };
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= 1000 ? value : undefined;
}

/** Compiles the values to save from a frame: strings, numbers and booleans. */
export function compileLearn(
  learn: Readonly<Record<string, string>> = {},
  location: Location,
): (frame: unknown) => Learned | undefined {
  const reads = Object.entries(learn).map(([name, path]) => ({
    name,
    read: compilePath(path, location.at(name)),
  }));
  if (reads.length === 0) return () => undefined;
  return (frame) => {
    const learned = Object.create(null) as Record<string, unknown>;
    for (const { name, read } of reads) {
      const value = read(frame);
      if (['string', 'number', 'boolean'].includes(typeof value)) learned[name] = value;
    }
    return learned;
  };
}

type Next = (request: LlmRequest, context: EncodeContext) => string | readonly string[];

/** Compiles the further steps of a request. */
export function compileThen(
  { request }: ProtocolDescription,
  location: Location,
  known: Placeholders<RequestValues>,
): (frame: unknown) => Pick<DecodedFrame, 'learned' | 'next'> | undefined {
  const steps = (request?.then ?? []).map(({ when, learn, send }, index) => {
    const at = location.at(index);
    const frames = send === undefined ? undefined : compileFrames(send, at.at('send'), known);
    const next: Next | undefined = frames && ((toEncode, context) => frames({ request: toEncode, context }));
    return {
      holds: compileWhen(when, at.at('when')),
      learned: compileLearn(learn, at.at('learn')),
      next,
    };
  });
  if (steps.length === 0) return () => undefined;
  return (frame) => {
    const step = steps.find(({ holds }) => holds(frame));
    return step && { learned: step.learned(frame), next: step.next };
  };
}

/** Compiles the cancel frame. It is undefined while one of its values is unknown. */
export function compileCancel(
  { cancel }: ProtocolDescription,
  location: Location,
  known: Placeholders<RequestValues>,
): LlmProtocol['cancel'] {
  if (cancel === undefined) return undefined;
  const tracking: Placeholders<RequestValues & { missing: unknown[] }> = (name, at) => {
    const fill = known(name, at);
    return (
      fill &&
      ((values) => {
        const value = fill(values);
        if (value === undefined) values.missing.push(name);
        return value;
      })
    );
  };
  const frame = compileFrame(cancel.send, location, tracking);
  return (request, context) => {
    const missing: unknown[] = [];
    const stop = frame({ request, context, missing });
    return missing.length === 0 ? stop : undefined;
  };
}
