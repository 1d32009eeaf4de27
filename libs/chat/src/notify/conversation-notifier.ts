import { runAs, type Statement, SystemDatabase } from '#database';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../model/chat-observer.js';
import { chatDefaults } from '../options/chat-options.js';
import { RunNotifications } from './run-notifications.js';

const conversationEnds: Statement = {
  name: 'conversation_ends',
  text: 'SELECT id, next_seq FROM conversations WHERE id = ANY($1)',
};

/** Hears the bell of one conversation. */
export interface ConversationSubscription {
  /** Resolves when the bell has rung since the last time, or after so many ms with false. */
  wait(ms: number): Promise<boolean>;
  close(): void;
}

/**
 * Rings when there may be a new turn in a conversation: at once for those that are taken here, on news for those of other
 * replicas, and within a second by looking at the conversations that somebody listens to.
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

  notify(conversationId: string): void {
    for (const hear of this.#listeners.get(conversationId) ?? []) hear();
  }

  subscribe(conversationId: string): ConversationSubscription {
    let hasRung = false;
    let wake: ((hasRung: boolean) => void) | undefined;
    const hear = (): void => {
      hasRung = true;
      wake?.(true);
    };
    const listeners = this.#listeners.get(conversationId) ?? new Set();
    this.#listeners.set(conversationId, listeners.add(hear));
    this.#timer ??= setTimeout(() => void this.#poll(), chatDefaults.turnBellMs);
    return {
      wait: async (ms) => {
        let timer: NodeJS.Timeout | undefined;
        const waited = new Promise<boolean>((resolve) => {
          wake = resolve;
          timer = setTimeout(() => resolve(false), ms);
        });
        const answer = hasRung || (await waited);
        clearTimeout(timer);
        wake = undefined;
        hasRung = false;
        return answer;
      },
      close: () => {
        listeners.delete(hear);
        if (listeners.size > 0) return;
        this.#listeners.delete(conversationId);
        this.#lastSeqs.delete(conversationId);
      },
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
        this.#database.query<{ id: string; next_seq: number }>(conversationEnds, [ids]),
      );
      const ends = new Map(found.map(({ id, next_seq }) => [id, next_seq]));
      for (const id of ids) {
        // One that is gone rings, too: its listeners find out.
        const end = ends.get(id) ?? 0;
        if (this.#lastSeqs.get(id) !== end) this.notify(id);
        if (this.#listeners.has(id)) this.#lastSeqs.set(id, end);
      }
    } catch (error) {
      this.#observer.emit('followFailed', error as Error);
    }
    const isNeeded = this.#listeners.size > 0;
    this.#timer = isNeeded ? setTimeout(() => void this.#poll(), chatDefaults.turnBellMs) : undefined;
  }
}
