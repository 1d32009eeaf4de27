import { type Rule } from '../rule.js';

/** Codes of 5xx answers after which, as after a 4xx, nothing may be stored. */
const refusals: ReadonlySet<string> = new Set(['shutting_down', 'llm_overloaded']);

/** Codes of temporary refusals: the same request succeeds once the active run of the conversation has ended. */
const temporary: ReadonlySet<string> = new Set(['conversation_busy', 'conversation_queue_full']);

/**
 * A message whose last request was refused is not stored. A temporary refusal proves nothing about an earlier request without
 * an answer: a frozen replica may store that one when it continues.
 */
export const refused: Rule = {
  name: 'refused messages stored',
  find({ histories, database }) {
    const stored = new Map(database.messages.map(({ content, id }) => [content, id]));
    return histories
      .flatMap(({ sends }) => sends)
      .flatMap(({ name, content, tries, acknowledgements }) => {
        const { status = 0, code = '' } = tries.at(-1) ?? {};
        const mayBeStoredLater =
          temporary.has(code) && tries.some(({ outcome }) => outcome !== 'answered' && outcome !== 'refused');
        const isRefused =
          acknowledgements.length === 0 &&
          !mayBeStoredLater &&
          ((status >= 400 && status < 500) || refusals.has(code));
        return isRefused && stored.has(content)
          ? [
              {
                about: `send ${name}`,
                what: `was answered ${status} ${code}, and is stored as ${stored.get(content)}`,
              },
            ]
          : [];
      });
  },
};
