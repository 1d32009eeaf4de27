import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { conflict, Problem } from '#problems';
import { type FollowableRun } from '../model/followable-run.js';
import { RunLocator } from '../runs/following/run-locator.js';
import { type Idempotency, type TurnRequest } from '../model/turn.js';

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

/** Turns that are stored already, found by what makes sending them twice the same as once. */
@Injectable()
export class EarlierTurns {
  readonly #database: Database;
  readonly #events: RunLocator;

  constructor(database: Database, events: RunLocator) {
    this.#database = database;
    this.#events = events;
  }

  /**
   * The run of the turn that this request has begun before; undefined if it has not.
   * @throws Problem 422 for a key of another request, 409 for a message id of another message
   */
  async find(request: TurnRequest): Promise<FollowableRun | undefined> {
    const { owner, idempotency, userMessage } = request;
    const runId =
      (idempotency && (await this.#byKey(owner, idempotency))) ??
      (userMessage?.id && (await this.#byMessage(request, userMessage.id)));
    return runId ? this.#events.find(owner, runId) : undefined;
  }

  async #byKey(owner: string, { key, hash }: Idempotency): Promise<string | undefined> {
    const [known] = await this.#database
      .forOwner(owner)
      .query<{ run_id: string; request_hash: string }>(turnOfKey, [owner, key]);
    if (known === undefined || known.request_hash === hash) return known?.run_id;
    throw new Problem({
      status: 422,
      code: 'idempotency_key_reused',
      detail: 'This Idempotency-Key was sent with another request before.',
    });
  }

  async #byMessage(
    { owner, conversationId, parentId, userMessage }: TurnRequest,
    id: string,
  ): Promise<string | undefined> {
    const [known] = await this.#database.forOwner(owner).query<MessageTurn>(turnOfMessage, [owner, id]);
    if (known === undefined) return undefined;
    const isSame =
      known.conversation_id === conversationId &&
      known.content === userMessage?.content &&
      (parentId === undefined || parentId === known.parent_id);
    if (isSame && known.run_id !== null) return known.run_id;
    throw messageIdTaken(id);
  }
}

/** 409: another message has the id that the caller chose. */
export function messageIdTaken(id: string): Problem {
  return conflict('message_id_taken', `There is another message ${id} already.`);
}
