import { stringify } from 'yaml';
import { type ProtocolDescription } from '#llm';
import { type MemoryFacts } from '../probe/facts.js';

/**
 * The YAML of a drafted description, with comments for the person who completes it.
 * @param schema the path of the JSON Schema, relative to the file
 * @param memory whether connections remember conversations; undefined if that could not be tested
 */
export function draftText(
  description: ProtocolDescription,
  schema: string,
  memory: MemoryFacts | undefined,
): string {
  const remarks = [
    `# yaml-language-server: $schema=${schema}`,
    '# Drafted by check-llm from frames of the server. Review it, then check it again: errors that the server did not',
    '# send, a cancel frame and unusual ends of answers are missing.',
    ...reuseRemarks(description, memory),
  ];
  return `${remarks.join('\n')}\n${stringify(description, { lineWidth: 100, flowCollectionPadding: true })}`;
}

/** The reason for the reuse of connections in the draft. */
function reuseRemarks({ connection }: ProtocolDescription, memory: MemoryFacts | undefined): string[] {
  if (connection?.reuse === 'answer') return [];
  if (connection?.reuse === undefined) {
    return [
      '# Conversations share connections: a word from one conversation was not known in another one on its connection.',
    ];
  }
  if (memory?.isKnown === true || memory?.differsWhenUsed === true) {
    return [
      '# The server remembers the messages of a connection, so each conversation has its own connections.',
    ];
  }
  return [
    '# It could not be tested whether the server remembers messages of a connection, so each conversation has its own. If',
    '# it remembers nothing: connection: { reuse: pool }. Then the whole history is sent with each request.',
  ];
}
