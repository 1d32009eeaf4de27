import { LlmFrameError } from '../../errors/answer-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { quoteFrame } from '../json-frame.js';
import { type DecodedFrame, type LlmProtocol, type UnknownFrame } from '../protocol.js';
import { compileDeltas, compileEnds, firstOf, type ReadEvent } from './answer-rules.js';
import { compileAnyWhen } from './condition.js';
import { type ProtocolDescription } from './description.js';
import { compileIds, compileThen } from './exchange-rules.js';
import { compileFacts } from './facts.js';
import { type ReadFrame } from './frame-reader.js';
import { type Location } from './mistakes.js';
import { type RequestValues } from './placeholders.js';
import { compileReplies } from './replies.js';
import { type Placeholders } from './template.js';

/** Compiles the decoder. An error takes precedence over an end, and an end over a piece. */
export function compileDecode(
  description: ProtocolDescription,
  location: Location,
  readFrame: ReadFrame,
  errorIn: ReadEvent,
  known: Placeholders<RequestValues>,
): LlmProtocol['decode'] {
  const isIgnored = compileAnyWhen(description.ignore, location.at('ignore'));
  const { requestId, answerId } = compileIds(description, location.at('correlation'));
  const eventIn = firstOf([
    errorIn,
    compileEnds(description.end, location.at('end')),
    compileDeltas(description.delta, location.at('delta')),
  ]);
  const factsIn = compileFacts(description, location);
  const then = compileThen(description, location.at('request').at('then'), known);
  const { drain, reply } = description.connection ?? {};
  const isDrain = compileAnyWhen(drain, location.at('connection').at('drain'));
  const replyTo = compileReplies(reply, location.at('connection').at('reply'));
  const readsEmptyAsText = description.frames === 'mixed' && !wantsBareText(description.delta);
  const isText = description.frames === 'mixed' || description.frames === 'text';
  return (text): DecodedFrame => {
    let frame: unknown;
    try {
      frame = readFrame(text);
    } catch (error) {
      const reported = error instanceof LlmError ? error : new LlmFrameError('it cannot be read', error);
      return { event: { type: 'error', error: reported } };
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
    if (isScalar(frame) && !isText && isEmpty(decoded)) return { unknown: unclaimed(frame, text) };
    // Where pieces are bare text, {} is one. A JSON object with content, but without meaning here, is a notice of the server.
    if (readsEmptyAsText && isEmptyObject(frame) && isEmpty(decoded)) return { event: eventIn(text) };
    return decoded;
  };
}

/** Whether a rule for pieces says that they are bare text. */
function wantsBareText(rules: ProtocolDescription['delta']): boolean {
  return [rules ?? []].flat().some(({ when }) => {
    const whole = when?.$;
    return typeof whole === 'object' && whole !== null && 'is' in whole && whole.is === 'text';
  });
}

function isEmptyObject(frame: unknown): boolean {
  return typeof frame === 'object' && frame !== null && Object.keys(frame).length === 0;
}

function isScalar(frame: unknown): boolean {
  return typeof frame !== 'object' || frame === null;
}

/** A JSON value other than an object or a list that no rule matches. A text may be a piece of the answer. */
function unclaimed(frame: unknown, text: string): UnknownFrame {
  const remedy = 'in the protocol description, "$" is the whole frame, and "ignore" passes it over';
  const error = new LlmFrameError(`it is not a JSON object: ${quoteFrame(text)} (${remedy})`);
  return { error, isOfAnswer: typeof frame === 'string' };
}

function isEmpty({ event, facts, learned, next, reply, drain }: DecodedFrame): boolean {
  return [event, facts, learned, next, reply].every((part) => part === undefined) && drain !== true;
}
