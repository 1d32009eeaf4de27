import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { type MessageRole } from '../model/message.entity.js';

/** A message that was looked up. */
export interface FoundMessage {
  id: string;
  role: MessageRole;
  /** Null if it does not fit into the bound of the whole list. */
  content: string | null;
}

/** `$1` is the owner, `$2` the ids, `$3` the most octets of all contents. A repeated id counts each time. */
const messagesById: Statement = {
  name: 'messages_by_id',
  text: `
    SELECT id, role, CASE WHEN octets <= $3 THEN content END AS content FROM (
      SELECT m.id, m.role, m.content, r.ordinal,
        sum(octet_length(m.content)) OVER (ORDER BY r.ordinal) AS octets
      FROM unnest($2::uuid[]) WITH ORDINALITY AS r (id, ordinal)
      JOIN messages m ON m.id = r.id
      JOIN conversations c ON c.id = m.conversation_id AND c.owner = $1
      WHERE m.content <> ''
    ) found
    ORDER BY ordinal`,
};

/** Reads messages of any conversations by their ids. */
@Injectable()
export class MessagesById {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Reads messages with text. Those that the owner does not have, or whose text was deleted, are missing from the result.
   * @param maxBytes the most bytes of UTF-8 of all texts; those beyond it have null as their content
   */
  async read(owner: string, ids: readonly string[], maxBytes: number): Promise<FoundMessage[]> {
    return this.#database
      .forOwner(owner)
      .query<FoundMessage & Record<string, unknown>>(messagesById, [owner, ids, maxBytes]);
  }
}
