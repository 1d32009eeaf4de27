import { type ProtocolEvent } from '../protocol.js';
import { compileWhen } from './condition.js';
import { type DeltaRule, type EndRule, type OneOrMore } from './description.js';
import { each, type Place } from './mistakes.js';
import { compileText } from './path.js';

/** What a frame says about an answer; undefined if it says nothing of this kind. */
export type ReadEvent = (frame: unknown) => ProtocolEvent | undefined;

/** A piece of text, or the text so far: of the first rule that holds and whose text is there. */
export function compileDeltas(rules: OneOrMore<DeltaRule> | undefined, place: Place): ReadEvent {
  return firstOf(
    each(rules, place).map(([{ when, text, mode = 'append' }, at]): ReadEvent => {
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

/** The end, with the whole answer or its last piece where the rule names them. */
export function compileEnds(rules: OneOrMore<EndRule> | undefined, place: Place): ReadEvent {
  return firstOf(
    each(rules, place).map(([{ when, text, piece }, at]): ReadEvent => {
      const holds = compileWhen(when, at.at('when'));
      const whole = compileText(text, at.at('text'));
      const last = compileText(piece, at.at('piece'));
      return (frame) =>
        holds(frame)
          ? { type: 'end', text: whole?.(frame) || undefined, lastPiece: last?.(frame) || undefined }
          : undefined;
    }),
  );
}

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
