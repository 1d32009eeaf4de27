import { stringify } from 'yaml';
import { type ProtocolDescription } from '#llm';

/**
 * The text of a file that describes the protocol, for people to go on from.
 * @param schema where editors find the schema, as seen from the file
 */
export function draftText(description: ProtocolDescription, schema: string): string {
  const remarks = [
    `# yaml-language-server: $schema=${schema}`,
    '# Drafted by check-llm from what the server said. Look through it, then check it again:',
    '# an error that the server did not show, a cancel frame and the end of rare answers cannot be guessed.',
    ...(isBare(description)
      ? ['# If the server remembers what was said on a connection: connection: { reuse: conversation }.']
      : []),
  ];
  return `${remarks.join('\n')}\n${stringify(description, { lineWidth: 100, flowCollectionPadding: true })}`;
}

/** Does all that was said before go into one text? */
function isBare({ request, connection }: ProtocolDescription): boolean {
  return JSON.stringify(request ?? {}).includes('{{prompt}}') && connection?.reuse === undefined;
}
