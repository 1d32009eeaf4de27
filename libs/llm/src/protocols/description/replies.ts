import { compileWhen } from './condition.js';
import { type Template, type When } from './description.js';
import { type Location } from './mistakes.js';
import { compilePath } from './path.js';
import { compileFrame, type Placeholders } from './template.js';

/** Compiles replies to frames such as a ping; `{{frame.id}}` is a value of that frame. */
export function compileReplies(
  replies: readonly { when: When; send: Template }[] | undefined,
  location: Location,
): ((frame: unknown) => string | undefined) | undefined {
  if (replies === undefined) return undefined;
  const compiled = replies.map(({ when, send }, index) => ({
    holds: compileWhen(when, location.at(index).at('when')),
    frame: compileFrame(send, location.at(index).at('send'), framePlaceholders),
  }));
  return (frame) => compiled.find(({ holds }) => holds(frame))?.frame(frame);
}

const framePlaceholders: Placeholders<unknown> = (name, location) => {
  if (name.startsWith('frame.')) return compilePath(name.slice('frame.'.length), location);
  location.report(
    'has a {{placeholder}} that is not known here; known is frame with a path, such as {{frame.id}}',
  );
  return undefined;
};
