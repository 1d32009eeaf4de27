import { type Rule } from '../rule.js';

/** Codes of answers after which nothing may be stored, beside those with a status of 4xx. */
const refusals: ReadonlySet<string> = new Set(['shutting_down', 'llm_overloaded']);

/** What a client was refused in the end is not stored. */
export const refused: Rule = {
  name: 'messages refused, but stored',
  find({ histories, database }) {
    const stored = new Map(database.messages.map(({ content, id }) => [content, id]));
    return histories
      .flatMap(({ sends }) => sends)
      .flatMap(({ name, content, tries, acknowledgements }) => {
        const { status = 0, code = '' } = tries.at(-1) ?? {};
        const isRefused =
          acknowledgements.length === 0 && ((status >= 400 && status < 500) || refusals.has(code));
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
