import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { parseIdempotencyKey } from './idempotency-key.js';
import { type Idempotency } from '../model/turn.js';

/** Begins the keys that the server gives to requests of clients that announce their retries. */
const retryPrefix = 'retry:';

/**
 * The key of the newest equal request. A retry hours later is a new request: the official clients give up after three tries
 * of 10 minutes. A request whose run failed is repeated.
 */
const keyOfEqualRequest: Statement = {
  name: 'key_of_equal_request',
  text: `
    SELECT k.key FROM idempotency_keys k LEFT JOIN runs r ON r.id = k.run_id
    WHERE k.owner = $1 AND k.request_hash = $2 AND k.key LIKE '${retryPrefix}%'
      AND k.created_at > now() - interval '30 minutes'
      AND (r.id IS NULL OR r.status IN ('queued', 'in_progress', 'completed'))
    ORDER BY k.created_at DESC LIMIT 1`,
};

const deleteKey: Statement = {
  name: 'delete_idempotency_key',
  text: 'DELETE FROM idempotency_keys WHERE owner = $1 AND key = $2',
};

/**
 * Recognizes repeated requests: by their `Idempotency-Key`, and without one by the number of the try, which the official
 * OpenAI clients send (`x-stainless-retry-count`). Such a client repeats a request after a timeout, while the server still
 * works on it.
 */
@Injectable()
export class ClientRetries {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The key under which a request is stored; undefined if it cannot be recognized again. A key that the server gives is
   * forgotten when the client has received the response: an equal request is then another one.
   * @param hash of everything that is equal in a repeated request
   * @throws Problem 400 if `Idempotency-Key` is not a valid key
   */
  async keyOf(owner: string, reply: FastifyReply, hash: string): Promise<Idempotency | undefined> {
    const { headers } = reply.request;
    const key = parseIdempotencyKey(headers['idempotency-key']);
    if (key !== undefined) return { key, hash };
    const count = Number(headers['x-stainless-retry-count'] ?? NaN);
    if (!Number.isSafeInteger(count) || count < 0) return undefined;
    const earlier = count === 0 ? undefined : await this.#earlierKey(owner, hash);
    const given = earlier ?? retryPrefix + randomUUID();
    // Not emitted if the client disconnects before.
    reply.raw.once('finish', () => this.#forget(owner, given));
    return { key: given, hash };
  }

  #forget(owner: string, key: string): void {
    // Retention deletes keys that stay.
    this.#database
      .forOwner(owner)
      .query(deleteKey, [owner, key])
      .catch(() => undefined);
  }

  async #earlierKey(owner: string, hash: string): Promise<string | undefined> {
    const [found] = await this.#database
      .forOwner(owner)
      .query<{ key: string }>(keyOfEqualRequest, [owner, hash]);
    return found?.key;
  }
}
