import { type Database, type Statement } from '#database';
import { type GenerationRequest } from '../model/generation-request.js';
import { messageColumns } from './message-columns.js';
import { type Message } from '../model/message.entity.js';

/** A user's message, and the request that its answer was generated from. */
export interface AnsweredMessage {
  user: Message;
  /** The request of the given answer; undefined if a user's message was given, or if no run generated the answer. */
  generation: GenerationRequest | undefined;
}

const answeredMessage: Statement = {
  name: 'answered_message',
  text: `
    SELECT ${messageColumns('answered')}, r.request
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id AND c.owner = $1
    JOIN messages answered ON answered.id = CASE m.role WHEN 'user' THEN m.id ELSE m.parent_id END
    LEFT JOIN runs r ON r.id = m.run_id
    WHERE m.id = $2`,
};

/**
 * Finds the user's message that is to be answered again. Undefined if the owner has no such message.
 * @param id the id of the user's message, or of an answer to it
 */
export async function findAnsweredMessage(
  database: Database,
  owner: string,
  id: string,
): Promise<AnsweredMessage | undefined> {
  type Row = Record<string, unknown> & Message & { request: GenerationRequest | null };
  const [row] = await database.forOwner(owner).query<Row>(answeredMessage, [owner, id]);
  if (row === undefined) return undefined;
  const { request, ...user } = row;
  return { user, generation: request ?? undefined };
}
