import { describedProtocol, LlmError, type LlmProtocol, type ProtocolDescription } from '#llm';
import { isWhole, type Answer } from '../connection/answer.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { contentKind, isMarked } from '../judge/content.js';
import { type MemoryFacts } from './facts.js';
import { madeUpWord } from './made-up-word.js';
import { probeMemory, sharesNothing } from './memory.js';
import { Probes, type ProbeOptions } from './probes.js';

/** Why the answers of a draft are no answers; undefined if they may be. */
export async function refusalOf(
  counted: Answer,
  server: CheckedServer,
  protocol: LlmProtocol,
  options: ProbeOptions,
): Promise<string | undefined> {
  const probes = new Probes(withProtocol(protocol, server), options);
  const { connection } = await probes.connect();
  if (connection === undefined) return undefined;
  const word = madeUpWord();
  const repeated = await probes.repeat(connection, word);
  connection.close();
  if (!isWhole(repeated)) return undefined;
  const kind = contentKind({ counted, repeated, word, isMarked: isMarked(counted) });
  if (kind !== 'constant' && kind !== 'refusal') return undefined;
  const text = counted.text.length > 100 ? `${counted.text.slice(0, 100)}…` : counted.text;
  return `different questions get the same answer (“${text}”), as if the server refused the request or did not know its form`;
}

/**
 * Completes a draft: conversations share connections only if a test shows that they share nothing else, because messages
 * that a server remembers must not leak to another conversation.
 */
export async function withReuse(
  description: ProtocolDescription,
  server: CheckedServer,
  options: ProbeOptions,
): Promise<{ drafted: ProtocolDescription; memory: MemoryFacts | undefined }> {
  if (description.connection?.reuse !== undefined) return { drafted: description, memory: undefined };
  const memory = await probeMemory(withProtocol(describedProtocol(description), server), options).catch(
    (error: unknown) => {
      if (error instanceof LlmError) return undefined;
      throw error;
    },
  );
  if (memory !== undefined && sharesNothing(memory)) return { drafted: description, memory };
  const connection = { ...description.connection, reuse: 'conversation' as const };
  return { drafted: { ...description, connection }, memory };
}
