import { type Database, type Statement } from '#database';
import { type GenerationRequest } from '../model/generation-request.js';
import { messageColumns } from './message-columns.js';
import { type Message } from '../model/message.entity.js';

/** What a user said, and what its answer was or could be generated from. */
export interface AnsweredMessage {
  user: Message;
  /** Of the answer that was named; undefined for one that no run made, and where none was named. */
  generation: GenerationRequest | undefined;
}

const answeredMessage: Statement = {
  name: 'answered_message',
  text: `
    SELECT ${messageColumns('said')}, r.request
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id AND c.owner = $1
    JOIN messages said ON said.id = CASE m.role WHEN 'user' THEN m.id ELSE m.parent_id END
    LEFT JOIN runs r ON r.id = m.run_id
    WHERE m.id = $2`,
};

/** @param id of the user's message or of an answer to it. Undefined when this owner has no such message. */
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
