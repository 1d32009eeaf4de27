import { type ProtocolEvent } from '../protocol.js';
import { compileWhen } from './condition.js';
import { type DeltaRule, type EndRule, type OneOrMore } from './description.js';
import { each, type Location } from './mistakes.js';
import { compileText } from './path.js';

/** Reads an event from a frame; undefined if the frame contains none. */
export type ReadEvent = (frame: unknown) => ProtocolEvent | undefined;

/** Compiles rules for pieces: the first rule that matches and finds a text applies. */
export function compileDeltas(rules: OneOrMore<DeltaRule> | undefined, location: Location): ReadEvent {
  return firstOf(
    each(rules, location).map(([{ when, text, mode = 'append' }, at]): ReadEvent => {
      const holds = when === undefined ? () => true : compileWhen(when, at.at('when'));
      const read = compileText(text, at.at('text'));
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
    each(rules, location).flatMap(([{ when, silence, text, piece }, at]): ReadEvent[] => {
      if ((when === undefined) === (silence === undefined)) at.report('must have either when or silence');
      if (when === undefined) {
        if ((text ?? piece) !== undefined) at.report('must have no text and no piece with silence');
        return [];
      }
      const holds = compileWhen(when, at.at('when'));
      const whole = compileText(text, at.at('text'));
      const last = compileText(piece, at.at('piece'));
      return [
        (frame) =>
          holds(frame)
            ? { type: 'end', text: whole?.(frame) || undefined, lastPiece: last?.(frame) || undefined }
            : undefined,
      ];
    }),
  );
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
