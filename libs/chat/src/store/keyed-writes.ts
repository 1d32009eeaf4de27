import { Database, type Statement, type Transaction } from '#database';
import { Injectable } from '@nestjs/common';
import { Problem } from '#problems';
import { type Idempotency } from '../model/turn.js';

/** What a write has stored. */
export interface StoredWrite {
  conversationId: string;
  /** The messages that it added, in order. */
  messageIds: readonly string[];
}

const writeOfKey: Statement = {
  name: 'write_of_key',
  text: `
    SELECT request_hash, conversation_id, message_ids FROM idempotency_keys WHERE owner = $1 AND key = $2`,
};

/** Returns no row if the key exists. Waits for a transaction that has inserted it. */
const insertKey: Statement = {
  name: 'insert_key',
  text: `
    INSERT INTO idempotency_keys (owner, key, request_hash, conversation_id, message_ids)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING key`,
};

/** Thrown to roll back a write whose key was inserted by another request meanwhile. */
class KeyTakenError extends Error {}

/** Writes that begin no run and happen once for each idempotency key. */
@Injectable()
export class KeyedWrites {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The result of an earlier write with this key; undefined if there is none.
   * @throws Problem 422 if the key was used for a different request
   */
  async find(owner: string, { key, hash }: Idempotency): Promise<StoredWrite | undefined> {
    type Row = { request_hash: string; conversation_id: string; message_ids: string[] };
    const [found] = await this.#database.forOwner(owner).query<Row>(writeOfKey, [owner, key]);
    if (found === undefined) return undefined;
    const isRepeated = found.request_hash === hash;
    if (!isRepeated) throw keyReused();
    return { conversationId: found.conversation_id, messageIds: found.message_ids };
  }

  /**
   * Runs `work` in a transaction that also stores the key, unless an earlier request with the key was successful.
   * @returns what was stored, now or then
   * @throws Problem 422 if the key was used for a different request
   */
  async once(
    owner: string,
    idempotency: Idempotency | undefined,
    work: (transaction: Transaction) => Promise<StoredWrite>,
  ): Promise<StoredWrite> {
    const database = this.#database.forOwner(owner);
    if (idempotency === undefined) return database.transaction(work);
    const earlier = await this.find(owner, idempotency);
    if (earlier !== undefined) return earlier;
    try {
      return await database.transaction(async (transaction) => {
        const stored = await work(transaction);
        const { key, hash } = idempotency;
        const values = [owner, key, hash, stored.conversationId, stored.messageIds];
        const [inserted] = await transaction.query(insertKey, values);
        if (inserted === undefined) throw new KeyTakenError();
        return stored;
      });
    } catch (error) {
      const meanwhile = error instanceof KeyTakenError && (await this.find(owner, idempotency));
      if (!meanwhile) throw error;
      return meanwhile;
    }
  }
}

/** Problem 422: the idempotency key was used for a different request. */
export function keyReused(): Problem {
  return new Problem({
    status: 422,
    code: 'idempotency_key_reused',
    detail: 'This Idempotency-Key was sent with another request before.',
  });
}
