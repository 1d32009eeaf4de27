import { type Finding, type Rule } from '../rule.js';

/** A message that a client wants to say once is stored once, and has one answer, however often it was sent. */
export const duplicated: Rule = {
  name: 'messages stored twice',
  find({ histories, database }) {
    const said = grouped(
      database.messages.filter(({ role }) => role === 'user'),
      ({ content }) => content,
    );
    const answers = grouped(
      database.messages.filter(({ role }) => role === 'assistant'),
      ({ parentId }) => parentId ?? '',
    );
    const runs = grouped(database.runs, ({ messageId }) => messageId);
    return histories
      .flatMap(({ sends }) => sends)
      .flatMap((send): Finding[] => {
        const about = `send ${send.name}`;
        const stored = said.get(send.content) ?? [];
        const told = new Set(send.acknowledgements.map(({ runId }) => runId));
        const replies = stored.flatMap(({ id }) => answers.get(id) ?? []);
        const made = replies.flatMap(({ id }) => runs.get(id) ?? []);
        return [
          ...(stored.length > 1 ? [{ about, what: `it is stored as ${ids(stored)}` }] : []),
          ...(stored.length === 1 && replies.length > 1
            ? [{ about, what: `it has the answers ${ids(replies)}` }]
            : []),
          ...(replies.length === 1 && made.length > 1
            ? [{ about, what: `its answer has the runs ${ids(made)}` }]
            : []),
          ...(told.size > 1
            ? [{ about, what: `its senders were told of the runs ${[...told].join(', ')}` }]
            : []),
        ];
      });
  },
};

function ids(rows: readonly { id: string }[]): string {
  return rows.map(({ id }) => id).join(', ');
}

function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}
