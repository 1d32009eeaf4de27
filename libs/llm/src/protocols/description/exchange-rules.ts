import {
  type DecodedFrame,
  type EncodeContext,
  type Learned,
  type LlmProtocol,
  type LlmRequest,
} from '../protocol.js';
import { compileWhen } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { type Place } from './mistakes.js';
import { compilePath, compilePaths } from './path.js';
import { type RequestValues } from './placeholders.js';
import { compileFrame, compileFrames, type Placeholders } from './template.js';

/** The name that a frame gives a request or an answer; numbers count as their digits. */
export type ReadId = (frame: unknown) => string | undefined;

export function compileIds(
  { correlation = {} }: ProtocolDescription,
  place: Place,
): { requestId: ReadId | undefined; answerId: ReadId | undefined } {
  const compile = (which: 'request' | 'answer'): ReadId | undefined => {
    const read = compilePaths(correlation[which], place.at(which));
    return read && ((frame) => idOf(read(frame)));
  };
  return { requestId: compile('request'), answerId: compile('answer') };
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= 1000 ? value : undefined;
}

/** What is kept of a frame: texts, numbers and truth values alone. */
export function compileLearn(
  learn: Readonly<Record<string, string>> = {},
  place: Place,
): (frame: unknown) => Learned | undefined {
  const reads = Object.entries(learn).map(([name, path]) => ({
    name,
    read: compilePath(path, place.at(name)),
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

/** What a request does when the server has said something of it. */
export function compileThen(
  { request }: ProtocolDescription,
  place: Place,
  known: Placeholders<RequestValues>,
): (frame: unknown) => Pick<DecodedFrame, 'learned' | 'next'> | undefined {
  const steps = (request?.then ?? []).map(({ when, learn, send }, index) => {
    const at = place.at(index);
    const frames = send === undefined ? undefined : compileFrames(send, at.at('send'), known);
    const next: Next | undefined = frames && ((asked, context) => frames({ request: asked, context }));
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

/** The frame that ends an answer early; undefined while something in it is not known yet. */
export function compileCancel(
  { cancel }: ProtocolDescription,
  place: Place,
  known: Placeholders<RequestValues>,
): LlmProtocol['cancel'] {
  if (cancel === undefined) return undefined;
  const noting: Placeholders<RequestValues & { lacks: unknown[] }> = (name, at) => {
    const fill = known(name, at);
    return (
      fill &&
      ((values) => {
        const value = fill(values);
        if (value === undefined) values.lacks.push(name);
        return value;
      })
    );
  };
  const frame = compileFrame(cancel.send, place, noting);
  return (request, context) => {
    const lacks: unknown[] = [];
    const stop = frame({ request, context, lacks });
    return lacks.length === 0 ? stop : undefined;
  };
}
