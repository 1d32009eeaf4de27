import { type Statement, SystemDatabase } from '#database';
import { Injectable } from '@nestjs/common';

const nextSeqs: Statement = {
  name: 'conversation_ends',
  text: 'SELECT id, next_seq FROM conversations WHERE id = ANY($1)',
};

/** Reads whether messages were added to conversations. */
@Injectable()
export class ConversationPoller {
  readonly #database: SystemDatabase;

  constructor(database: SystemDatabase) {
    this.#database = database;
  }

  /**
   * The `seq` of the next message of each conversation, by id. Deleted conversations are not in the result.
   * @throws DatabaseUnavailableError
   */
  async nextSeqs(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.query<{ id: string; next_seq: number }>(nextSeqs, [ids]);
    return new Map(rows.map(({ id, next_seq }) => [id, next_seq]));
  }
}
