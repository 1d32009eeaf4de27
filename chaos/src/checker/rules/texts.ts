import { type Reader } from '../../history/history.js';
import { type StoredMessage } from '../evidence.js';
import { followText } from '../followed-text.js';
import { type Finding, type Rule } from '../rule.js';

/** Every client that received a whole answer has the stored text, and all readers of an attempt got the same text. */
export const texts: Rule = {
  name: 'answers that differ from the stored ones',
  find({ histories, database }) {
    const replies = new Map(
      database.messages.flatMap((message) =>
        message.runId === null ? [] : [[message.runId, message] as const],
      ),
    );
    const awaited = histories
      .flatMap(({ sends }) => sends)
      .flatMap(({ name, acknowledgements }) =>
        acknowledgements.flatMap(({ runId, content, status }) =>
          compared(`run ${runId}, awaited by send ${name}`, { content, status }, replies.get(runId)),
        ),
      );
    const polled = histories
      .flatMap(({ polls }) => polls)
      .flatMap(({ client, runId, status }) =>
        compared(`run ${runId}, polled by ${client}`, { content: undefined, status }, replies.get(runId)),
      );
    const readers = histories.flatMap((history) => history.readers);
    return [...awaited, ...polled, ...followed(readers, replies)];
  },
};

function followed(readers: readonly Reader[], replies: ReadonlyMap<string, StoredMessage>): Finding[] {
  const seen = new Map<string, string>();
  return readers.flatMap((reader) => {
    const about = `run ${reader.runId}, followed by ${reader.client}`;
    const { text, ending, isFinished, attempts } = followText(reader);
    const findings: Finding[] = [];
    if (ending !== undefined && text !== ending.content)
      findings.push({
        about,
        what: `its deltas are not the content of its final event: ${difference(text, ending.content)}`,
      });
    if (ending !== undefined && isFinished)
      findings.push(...compared(about, ending, replies.get(reader.runId)));
    for (const [attempt, shown] of attempts) {
      const key = `${reader.runId} ${attempt}`;
      const other = seen.get(key) ?? '';
      const [shorter = '', longer = ''] = [shown, other].sort((a, b) => a.length - b.length);
      if (!longer.startsWith(shorter))
        findings.push({
          about,
          what: `other readers got another text of attempt ${attempt}: ${difference(shown, other)}`,
        });
      seen.set(key, longer);
    }
    return findings;
  });
}

function compared(
  about: string,
  received: { content: string | undefined; status: string | undefined },
  stored: StoredMessage | undefined,
): Finding[] {
  if (stored === undefined) return [];
  const findings: Finding[] = [];
  if (received.status !== undefined && received.status !== stored.status)
    findings.push({ about, what: `was reported as ${received.status}, but is stored as ${stored.status}` });
  if (received.content !== undefined && received.content !== stored.content)
    findings.push({ about, what: `is not the stored text: ${difference(received.content, stored.content)}` });
  return findings;
}

/** Where two texts differ, and their lengths. */
function difference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return `${one.length} and ${other.length} characters, the same up to ${at}`;
}
