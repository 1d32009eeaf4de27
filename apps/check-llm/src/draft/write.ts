import { stringify } from 'yaml';
import { type ProtocolDescription } from '#llm';
import { type MemoryFacts } from '../probe/facts.js';

/**
 * The text of a file that describes the protocol, for people to go on from.
 * @param schema where editors find the schema, as seen from the file
 * @param memory what was learned about the memory of connections
 */
export function draftText(
  description: ProtocolDescription,
  schema: string,
  memory: MemoryFacts | undefined,
): string {
  const remarks = [
    `# yaml-language-server: $schema=${schema}`,
    '# Drafted by check-llm from what the server said. Look through it, then check it again:',
    '# an error that the server did not show, a cancel frame and the end of rare answers cannot be guessed.',
    ...remarksOnReuse(description, memory),
  ];
  return `${remarks.join('\n')}\n${stringify(description, { lineWidth: 100, flowCollectionPadding: true })}`;
}

/** Why conversations share connections, or do not. */
function remarksOnReuse({ connection }: ProtocolDescription, memory: MemoryFacts | undefined): string[] {
  if (connection?.reuse === 'answer') return [];
  if (connection?.reuse === undefined) {
    return [
      '# A word from one conversation was not known in another one on its connection: they share connections.',
    ];
  }
  if (memory?.isKnown === true || memory?.differsWhenUsed === true) {
    return [
      '# The server remembers the messages of a connection: each conversation has connections of its own.',
    ];
  }
  return [
    '# It could not be tested whether the server remembers messages of a connection, so each conversation has its own. If',
    '# it remembers nothing: connection: { reuse: pool }. Then the whole history is sent with each request.',
  ];
}
