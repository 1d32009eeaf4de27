import { type Finding, type Rule } from '../rule.js';

/** A message is stored once and has one answer with one run, however often its request was repeated. */
export const duplicated: Rule = {
  name: 'messages stored twice',
  find({ histories, database }) {
    const userMessages = grouped(
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
        const stored = userMessages.get(send.content) ?? [];
        const acknowledged = new Set(send.acknowledgements.map(({ runId }) => runId));
        const replies = stored.flatMap(({ id }) => answers.get(id) ?? []);
        const generated = replies.flatMap(({ id }) => runs.get(id) ?? []);
        return [
          ...(stored.length > 1 ? [{ about, what: `it is stored as ${ids(stored)}` }] : []),
          ...(stored.length === 1 && replies.length > 1
            ? [{ about, what: `it has the answers ${ids(replies)}` }]
            : []),
          ...(replies.length === 1 && generated.length > 1
            ? [{ about, what: `its answer has the runs ${ids(generated)}` }]
            : []),
          ...(acknowledged.size > 1
            ? [{ about, what: `its requests were answered with the runs ${[...acknowledged].join(', ')}` }]
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
