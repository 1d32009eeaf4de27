import { LlmFrameError } from '../../errors/answer-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type DecodedFrame, type LlmProtocol } from '../protocol.js';
import { compileDeltas, compileEnds, firstOf, type ReadEvent } from './answer-rules.js';
import { compileAnyWhen } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { compileIds, compileThen } from './exchange-rules.js';
import { compileFacts } from './facts.js';
import { type ReadFrame } from './frame-reader.js';
import { type Place } from './mistakes.js';
import { type RequestValues } from './placeholders.js';
import { compileReplies } from './replies.js';
import { type Placeholders } from './template.js';

/** Errors are looked for before ends, ends before pieces. */
export function compileDecode(
  description: ProtocolDescription,
  place: Place,
  readFrame: ReadFrame,
  errorIn: ReadEvent,
  known: Placeholders<RequestValues>,
): LlmProtocol['decode'] {
  const isIgnored = compileAnyWhen(description.ignore, place.at('ignore'));
  const { requestId, answerId } = compileIds(description, place.at('correlation'));
  const eventIn = firstOf([
    errorIn,
    compileEnds(description.end, place.at('end')),
    compileDeltas(description.delta, place.at('delta')),
  ]);
  const factsIn = compileFacts(description, place);
  const then = compileThen(description, place.at('request').at('then'), known);
  const { drain, reply } = description.connection ?? {};
  const isDrain = compileAnyWhen(drain, place.at('connection').at('drain'));
  const replyTo = compileReplies(reply, place.at('connection').at('reply'));
  const isMixed = description.frames === 'mixed';
  return (text): DecodedFrame => {
    let frame: unknown;
    try {
      frame = readFrame(text);
    } catch (error) {
      const known = error instanceof LlmError ? error : new LlmFrameError('it cannot be read', error);
      return { event: { type: 'error', error: known } };
    }
    if (isIgnored(frame)) return {};
    const step = then(frame);
    const decoded: DecodedFrame = {
      requestId: requestId?.(frame),
      answerId: answerId?.(frame),
      event: eventIn(frame),
      facts: factsIn?.(frame),
      learned: step?.learned,
      next: step?.next,
      reply: replyTo?.(frame),
      drain: isDrain(frame),
    };
    // What looks like JSON and means nothing is a piece of the answer, where pieces are bare text.
    if (isMixed && frame !== text && saysNothing(decoded)) return { event: eventIn(text) };
    return decoded;
  };
}

function saysNothing({ event, facts, learned, next, reply, drain }: DecodedFrame): boolean {
  return [event, facts, learned, next, reply].every((part) => part === undefined) && drain !== true;
}
