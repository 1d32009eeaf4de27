import { runAs, type Statement, SystemDatabase } from '#database';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../model/chat-observer.js';
import { chatDefaults } from '../options/chat-options.js';
import { RunNotifications } from './run-notifications.js';

const nextSeqs: Statement = {
  name: 'conversation_ends',
  text: 'SELECT id, next_seq FROM conversations WHERE id = ANY($1)',
};

/**
 * Wakes subscribers of a conversation when a turn may have been added: immediately for local turns, on NOTIFY for other
 * replicas, and by polling every second as a fallback.
 */
@Injectable()
export class ConversationNotifier implements OnApplicationShutdown {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #lastSeqs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  readonly #database: SystemDatabase;
  readonly #observer: ChatObserver;

  constructor(database: SystemDatabase, observer: ChatObserver, news: RunNotifications) {
    this.#database = database;
    this.#observer = observer;
    news.subscribe({
      onChange: (_, conversationId) => this.notify(conversationId),
      onGap: () => [...this.#listeners.keys()].forEach((id) => this.notify(id)),
    });
  }

  /** Wakes the subscribers of a conversation in this process. */
  notify(conversationId: string): void {
    for (const listener of this.#listeners.get(conversationId) ?? []) listener();
  }

  /**
   * Calls the listener whenever a turn may have been added to a conversation, or when it may have been deleted.
   * @returns ends the subscription
   */
  subscribe(conversationId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(conversationId) ?? new Set();
    this.#listeners.set(conversationId, listeners.add(listener));
    this.#timer ??= setTimeout(() => void this.#poll(), chatDefaults.turnPollMs);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.#listeners.delete(conversationId);
      this.#lastSeqs.delete(conversationId);
    };
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #poll(): Promise<void> {
    try {
      const ids = [...this.#listeners.keys()];
      // On behalf of the process itself: the subscribers have several owners.
      const found = await runAs(undefined, () =>
        this.#database.query<{ id: string; next_seq: number }>(nextSeqs, [ids]),
      );
      const seqs = new Map(found.map(({ id, next_seq }) => [id, next_seq]));
      for (const id of ids) {
        // A deleted conversation counts as changed, so that its subscribers notice.
        const seq = seqs.get(id) ?? 0;
        if (this.#lastSeqs.get(id) !== seq) this.notify(id);
        if (this.#listeners.has(id)) this.#lastSeqs.set(id, seq);
      }
    } catch (error) {
      this.#observer.emit('followFailed', error as Error);
    }
    const isNeeded = this.#listeners.size > 0;
    this.#timer = isNeeded ? setTimeout(() => void this.#poll(), chatDefaults.turnPollMs) : undefined;
  }
}
