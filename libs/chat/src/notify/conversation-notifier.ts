import { runAs } from '#database';
import { type Clock, type Timer } from '#llm';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../model/chat-observer.js';
import { chatDefaults } from '../options/chat-options.js';
import { CLOCK } from '../options/clock.js';
import { ConversationPoller } from '../store/poll-conversations.js';
import { RunNotifications } from './run-notifications.js';

/**
 * Wakes subscribers of a conversation when a turn may have been added: immediately for local turns, on NOTIFY for other
 * replicas, and by polling every second as a fallback.
 */
@Injectable()
export class ConversationNotifier implements OnApplicationShutdown {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #lastSeqs = new Map<string, number>();
  #timer: Timer | undefined;
  readonly #poller: Pick<ConversationPoller, 'nextSeqs'>;
  readonly #observer: ChatObserver;
  readonly #clock: Clock;

  constructor(
    @Inject(ConversationPoller) poller: Pick<ConversationPoller, 'nextSeqs'>,
    @Inject(RunNotifications) notifications: Pick<RunNotifications, 'subscribe'>,
    observer: ChatObserver,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#poller = poller;
    this.#observer = observer;
    this.#clock = clock;
    notifications.subscribe({
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
    this.#timer ??= this.#pollLater();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.#listeners.delete(conversationId);
      this.#lastSeqs.delete(conversationId);
    };
  }

  onApplicationShutdown(): void {
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  #pollLater(): Timer {
    return this.#clock.timer(chatDefaults.turnPollMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      const ids = [...this.#listeners.keys()];
      // Without an owner: the subscribers have several owners.
      const seqs = await runAs(undefined, () => this.#poller.nextSeqs(ids));
      for (const id of ids) {
        // A deleted conversation counts as changed, so that its subscribers notice.
        const seq = seqs.get(id) ?? 0;
        if (this.#lastSeqs.get(id) !== seq) this.notify(id);
        if (this.#listeners.has(id)) this.#lastSeqs.set(id, seq);
      }
    } catch (error) {
      this.#observer.emit('followFailed', error as Error);
    }
    this.#timer = this.#listeners.size > 0 ? this.#pollLater() : undefined;
  }
}
