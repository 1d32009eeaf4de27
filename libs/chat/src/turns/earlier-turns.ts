import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { conflict, type Problem } from '#problems';
import { type FollowableRun } from '../model/followable-run.js';
import { RunLocator } from '../runs/following/run-locator.js';
import { type Idempotency, type TurnRequest } from '../model/turn.js';
import { keyReused } from '../store/keyed-writes.js';

const turnOfKey: Statement = {
  name: 'turn_of_key',
  text: 'SELECT run_id, request_hash FROM idempotency_keys WHERE owner = $1 AND key = $2',
};

const turnOfMessage: Statement = {
  name: 'turn_of_message',
  text: `
    SELECT m.conversation_id, m.parent_id, m.content, reply.run_id
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id AND c.owner = $1
    LEFT JOIN LATERAL (
      SELECT run_id FROM messages WHERE parent_id = m.id ORDER BY seq LIMIT 1
    ) reply ON true
    WHERE m.id = $2 AND m.role = 'user'`,
};

interface MessageTurn extends Record<string, unknown> {
  conversation_id: string;
  parent_id: string | null;
  content: string;
  run_id: string | null;
}

/** Finds turns that were stored by an earlier request with the same idempotency key or message id. */
@Injectable()
export class EarlierTurns {
  readonly #database: Database;
  readonly #runs: RunLocator;

  constructor(database: Database, runs: RunLocator) {
    this.#database = database;
    this.#runs = runs;
  }

  /**
   * Finds the run of an earlier request that is the same as this one. Undefined if there is none.
   * @throws Problem 422 if the key was used for a different request; 409 if the message id belongs to another message
   */
  async find(
    request: Pick<TurnRequest, 'owner' | 'idempotency' | 'conversationId' | 'parentId' | 'userMessage'>,
  ): Promise<FollowableRun | undefined> {
    const { owner, idempotency, userMessage } = request;
    const runId =
      (idempotency && (await this.#byKey(owner, idempotency))) ??
      (userMessage?.id && (await this.#byMessage(request, userMessage.id)));
    return runId ? this.#runs.find(owner, runId) : undefined;
  }

  async #byKey(owner: string, { key, hash }: Idempotency): Promise<string | undefined> {
    const [found] = await this.#database
      .forOwner(owner)
      .query<{ run_id: string | null; request_hash: string }>(turnOfKey, [owner, key]);
    if (found === undefined || found.request_hash === hash) return found?.run_id ?? undefined;
    throw keyReused();
  }

  async #byMessage(
    {
      owner,
      conversationId,
      parentId,
      userMessage,
    }: Pick<TurnRequest, 'owner' | 'conversationId' | 'parentId' | 'userMessage'>,
    id: string,
  ): Promise<string | undefined> {
    const [found] = await this.#database.forOwner(owner).query<MessageTurn>(turnOfMessage, [owner, id]);
    if (found === undefined) return undefined;
    const isSame =
      found.conversation_id === conversationId &&
      found.content === userMessage?.content &&
      (parentId === undefined || parentId === found.parent_id);
    if (isSame && found.run_id !== null) return found.run_id;
    throw messageIdTaken(id);
  }
}

/** Problem 409: another message has the id that the client chose. */
export function messageIdTaken(id: string): Problem {
  return conflict('message_id_taken', `There is another message ${id} already.`);
}
