import { type ProtocolEvent } from '../protocol.js';
import { compileWhen } from './condition.js';
import { type DeltaRule, type EndRule, type OneOrMore, type TextFormat } from './description.js';
import { each, type Location } from './mistakes.js';
import { htmlText } from './html-text.js';
import { compileText, type ReadText } from './path.js';

/** Reads an event from a frame; undefined if the frame contains none. */
export type ReadEvent = (frame: unknown) => ProtocolEvent | undefined;

/** Compiles rules for pieces: the first rule that matches and finds a text applies. */
export function compileDeltas(rules: OneOrMore<DeltaRule> | undefined, location: Location): ReadEvent {
  return firstOf(
    each(rules, location).map(([{ when, text, mode = 'append', format }, at]): ReadEvent => {
      const holds = when === undefined ? () => true : compileWhen(when, at.at('when'));
      const read = formatted(compileText(text, at.at('text')), format, mode === 'cumulative');
      const type = mode === 'append' ? 'delta' : 'text';
      return (frame) => {
        if (!holds(frame)) return undefined;
        const found = read?.(frame);
        return found === undefined ? undefined : { type, text: found };
      };
    }),
  );
}

/** Compiles rules for the end of an answer: the first rule that matches applies. Pauses are a rule of the connection. */
export function compileEnds(rules: OneOrMore<EndRule> | undefined, location: Location): ReadEvent {
  return firstOf(
    each(rules, location).flatMap(([{ when, silence, text, piece, format }, at]): ReadEvent[] => {
      if ((when === undefined) === (silence === undefined)) at.report('must have either when or silence');
      if (when === undefined) {
        if ((text ?? piece) !== undefined) at.report('must have no text and no piece with silence');
        return [];
      }
      const holds = compileWhen(when, at.at('when'));
      const whole = formatted(compileText(text, at.at('text')), format, true);
      const last = formatted(compileText(piece, at.at('piece')), format, true);
      return [
        (frame) =>
          holds(frame)
            ? { type: 'end', text: whole?.(frame) || undefined, lastPiece: last?.(frame) || undefined }
            : undefined,
      ];
    }),
  );
}

/**
 * Converts the text from its format.
 * @param isWhole whether nothing follows the text, so that it ends without line breaks
 */
function formatted(
  read: ReadText | undefined,
  format: TextFormat | undefined,
  isWhole: boolean,
): ReadText | undefined {
  if (read === undefined || format !== 'html') return read;
  return (frame) => {
    const html = read(frame);
    if (html === undefined) return undefined;
    const text = htmlText(html);
    return isWhole ? text.trimEnd() : text;
  };
}

/** Combines readers: the first event that one of them finds. */
export function firstOf(reads: readonly ReadEvent[]): ReadEvent {
  const [only] = reads;
  if (only === undefined) return () => undefined;
  if (reads.length === 1) return only;
  return (frame) => {
    for (const read of reads) {
      const event = read(frame);
      if (event !== undefined) return event;
    }
    return undefined;
  };
}
