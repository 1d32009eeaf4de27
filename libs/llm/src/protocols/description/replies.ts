import { compileWhen } from './condition.js';
import { type Template, type When } from './description.js';
import { type Place } from './mistakes.js';
import { compilePath } from './path.js';
import { compileFrame, type Placeholders } from './template.js';

/** What is sent back at once to frames such as a ping; `{{frame.id}}` is what that frame says there. */
export function compileReplies(
  replies: readonly { when: When; send: Template }[] | undefined,
  place: Place,
): ((frame: unknown) => string | undefined) | undefined {
  if (replies === undefined) return undefined;
  const compiled = replies.map(({ when, send }, index) => ({
    holds: compileWhen(when, place.at(index).at('when')),
    frame: compileFrame(send, place.at(index).at('send'), framePlaceholders),
  }));
  return (frame) => compiled.find(({ holds }) => holds(frame))?.frame(frame);
}

const framePlaceholders: Placeholders<unknown> = (name, place) => {
  if (name.startsWith('frame.')) return compilePath(name.slice('frame.'.length), place);
  place.wrong(
    'has a {{placeholder}} that is not known here; known is frame with a path, such as {{frame.id}}',
  );
  return undefined;
};
