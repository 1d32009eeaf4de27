import { type Statement, SystemDatabase } from '#database';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { ChatObserver } from '../model/chat-observer.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';

/** Most rows that one statement deletes, so that locks are short. */
const batch = 500;

/** Skips rows that another replica deletes, and conversations in which an answer is being generated. */
const deleteOldConversations: Statement = {
  name: 'erase_old_conversations',
  text: `
    DELETE FROM conversations WHERE id = ANY (ARRAY(
      SELECT id FROM conversations
      WHERE updated_at AT TIME ZONE 'UTC' < (now() - $1::float8 * interval '1 day') AT TIME ZONE 'UTC'
        AND active_run_id IS NULL
      ORDER BY updated_at AT TIME ZONE 'UTC' LIMIT ${batch} FOR UPDATE SKIP LOCKED))
    RETURNING id`,
};

const deleteOldKeys: Statement = {
  name: 'forget_idempotency_keys',
  text: `
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM idempotency_keys
      WHERE created_at < now() - $1::float8 * interval '1 hour'
      ORDER BY created_at LIMIT ${batch} FOR UPDATE SKIP LOCKED))
    RETURNING key`,
};

/** Deletes conversations after `ChatOptions.retentionDays`, if that is set, and idempotency keys after `chatDefaults.idempotencyHours`. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #isStopped = false;
  readonly #database: SystemDatabase;
  readonly #observer: ChatObserver;
  readonly #options: ChatOptions;

  constructor(database: SystemDatabase, observer: ChatObserver, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    this.#database = database;
    this.#observer = observer;
    this.#options = options;
  }

  onApplicationBootstrap(): void {
    const sweep = (): void => {
      this.#sweeping ??= this.sweep()
        .catch((error: Error) => void this.#observer.emit('retentionFailed', error))
        .finally(() => (this.#sweeping = undefined));
    };
    this.#timer = setInterval(sweep, chatDefaults.retentionSweepMs);
    sweep();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** Deletes everything that is too old now, in batches. */
  async sweep(): Promise<void> {
    const { retentionDays } = this.#options;
    if (retentionDays !== undefined) await this.#deleteInBatches(deleteOldConversations, retentionDays);
    await this.#deleteInBatches(deleteOldKeys, chatDefaults.idempotencyHours);
  }

  async #deleteInBatches(statement: Statement, age: number): Promise<void> {
    while (!this.#isStopped) {
      const deleted = await this.#database.query(statement, [age]);
      if (deleted.length < batch) return;
    }
  }
}
