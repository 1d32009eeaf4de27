import { type Rule } from '../rule.js';

/** Codes of answers after which nothing may be stored, beside those with a status of 4xx. */
const refusals: ReadonlySet<string> = new Set(['shutting_down', 'llm_overloaded']);

/** Refusals of a moment: the same request is taken when the answer that stands in its way is over. */
const momentary: ReadonlySet<string> = new Set(['conversation_busy', 'conversation_queue_full']);

/**
 * What a client was refused in the end is not stored. That a conversation is busy tells nothing of a try that nobody
 * answered: a replica that was frozen may take it when it goes on, after another one refused its repetition.
 */
export const refused: Rule = {
  name: 'messages refused, but stored',
  find({ histories, database }) {
    const stored = new Map(database.messages.map(({ content, id }) => [content, id]));
    return histories
      .flatMap(({ sends }) => sends)
      .flatMap(({ name, content, tries, acknowledgements }) => {
        const { status = 0, code = '' } = tries.at(-1) ?? {};
        const mayBeTakenLater =
          momentary.has(code) && tries.some(({ outcome }) => outcome !== 'answered' && outcome !== 'refused');
        const isRefused =
          acknowledgements.length === 0 &&
          !mayBeTakenLater &&
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
