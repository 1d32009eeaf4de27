import { LlmServerError } from '../../errors/answer-errors.js';
import { type RequestDescription } from './description.js';
import { type Location } from './mistakes.js';
import { type RequestValues } from './placeholders.js';
import { compileFrame, compileFrames, compileTemplate, type Fill, type Placeholders } from './template.js';

/** Most parts of a request. */
export const maxRequestParts = 1_000;

/** A part of a request. */
interface Part {
  text: string;
  /** From 1. */
  number: number;
  count: number;
}

type PartValues = RequestValues & { part?: Part };

const partTable: Readonly<Record<string, Fill<PartValues>>> = {
  part: ({ part }) => part?.text,
  part_number: ({ part }) => part?.number,
  part_count: ({ part }) => part?.count,
  is_last_part: ({ part }) => part && part.number === part.count,
};

/** Compiles the frames of a request. With `parts`, each frame with a placeholder of parts is sent once for each part. */
export function compileRequestFrames(
  { send, parts }: Pick<RequestDescription, 'send' | 'parts'>,
  location: Location,
  known: Placeholders<RequestValues>,
): (values: RequestValues) => string | readonly string[] {
  const at = location.at('send');
  if (parts === undefined) return compileFrames(send, at, known);
  const whole = compileTemplate(parts.of ?? '{{prompt}}', location.at('parts').at('of'), known);
  const isList = Array.isArray(send);
  const frames = (isList ? (send as readonly (typeof send)[]) : [send]).map((frame, index) => {
    let repeats = false;
    const withParts: Placeholders<PartValues> = (name, place) => {
      if (!Object.hasOwn(partTable, name)) return known(name, place);
      repeats = true;
      return partTable[name];
    };
    const fill = compileFrame(frame, isList ? at.at(index) : at, withParts);
    return { fill, repeats };
  });
  if (!frames.some(({ repeats }) => repeats)) at.report('must have {{part}} in a frame, because of parts');
  return (values) => {
    const text = whole(values);
    const texts = partsOf(typeof text === 'string' ? text : (JSON.stringify(text) ?? ''), parts.bytes);
    const all = texts.map((part, index) => ({ text: part, number: index + 1, count: texts.length }));
    return frames.flatMap(({ fill, repeats }) =>
      repeats ? all.map((part) => fill({ ...values, part })) : [fill(values)],
    );
  };
}

/**
 * Divides a text into parts of at most `bytes` bytes of UTF-8, between characters. An empty text has one part.
 * @throws LlmServerError `context_length_exceeded` if there are more than {@link maxRequestParts}
 */
export function partsOf(text: string, bytes: number): string[] {
  const encoded = Buffer.from(text);
  const parts: string[] = [];
  for (let from = 0; from < encoded.length || parts.length === 0;) {
    if (parts.length === maxRequestParts) {
      throw new LlmServerError(
        'context_length_exceeded',
        `the request is longer than ${maxRequestParts} parts of ${bytes} bytes`,
      );
    }
    let to = Math.min(from + bytes, encoded.length);
    while (to < encoded.length && isContinuation(encoded[to]!)) to -= 1;
    parts.push(encoded.toString('utf8', from, to));
    from = to;
    if (encoded.length === 0) break;
  }
  return parts;
}

/** Whether a byte of UTF-8 continues a character. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
