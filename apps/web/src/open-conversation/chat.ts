import { computed, inject, Injectable } from '@angular/core';
import { type Feedback, type Message, type MessageQuery, type Page, ProblemError } from '@parley/client';
import { Answers } from './answers';
import { ConversationList } from '../conversation-list/conversation-list';
import { LiveAnswer } from './live-answer';
import { Server, sentenceFor } from '../server/server';
import { Notices } from '../page/notices';
import { Branch } from './branch';
import { Sending } from './sending';

const pageSize = 100;

/** What can be done with the open conversation as a whole. */
@Injectable({ providedIn: 'root' })
export class Chat {
  readonly #server = inject(Server);
  readonly #branch = inject(Branch);
  readonly #answers = inject(Answers);
  readonly #sending = inject(Sending);
  readonly #list = inject(ConversationList);
  readonly #notices = inject(Notices);
  #loading = new AbortController();

  /** An answer is being written, or a message is on its way. */
  readonly isBusy = computed(
    () =>
      this.#answers.running().length > 0 ||
      [...this.#sending.outgoing().values()].some(({ error }) => error === undefined),
  );

  /**
   * Opens a conversation; a new one without an id.
   * @param through the newest branch that passes through this message; the newest of all if left out
   */
  async open(id: string | undefined, through?: string): Promise<void> {
    const isOpen = id !== undefined && id === this.#branch.conversationId();
    if (isOpen && this.#branch.messages().some((message) => message.id === through)) return;
    if (isOpen && through === undefined && this.#branch.state() === 'ready') return;
    this.#leave();
    this.#branch.conversationId.set(id);
    this.#branch.show([]);
    this.#branch.state.set(id === undefined ? 'new' : 'loading');
    if (id === undefined) return;
    if (this.#list.titleOf(id) === undefined) void this.#list.learn(id);
    await this.#load(id, through === undefined ? {} : { through });
  }

  /** Shows the newest branch that passes through that message. Rejects when it cannot be loaded. */
  async showBranch(through: string): Promise<void> {
    const id = this.#branch.conversationId();
    if (id !== undefined) this.#show(await this.#fetch(id, { through }));
  }

  /** Loads what is shown once more. */
  async reload(): Promise<void> {
    const id = this.#branch.conversationId();
    if (id === undefined) return;
    this.#leave();
    await this.#load(id, {});
  }

  /** Asks for another answer in the place of this one. When the server refuses, everything is as it was, and a notice says why. */
  async regenerate({ id, sibling_ids: siblings = [id] }: Message): Promise<void> {
    const shown = this.#branch.messages();
    const wishes = this.isBusy() ? { on_busy: 'interrupt' as const } : {};
    const answer = new LiveAnswer();
    this.#branch.show(this.#branch.before(id));
    try {
      await this.#answers.follow(
        answer,
        (options) => this.#server.client.regenerate(id, wishes, options),
        ({ reply }) => this.#branch.put({ ...reply, sibling_ids: [...siblings, reply.id] }),
      );
    } catch (error) {
      if (answer.signal.aborted) return;
      this.#server.learnFrom(error);
      this.#branch.show(shown);
      this.#notices.show(sentenceFor(error));
    }
  }

  async rate(message: Message, feedback: Feedback): Promise<void> {
    await this.#server.heed(this.#server.client.setFeedback(message.id, feedback));
    this.#branch.put({ ...message, feedback });
  }

  #leave(): void {
    this.#loading.abort();
    this.#sending.leave();
    this.#answers.leave();
  }

  async #load(id: string, query: MessageQuery): Promise<void> {
    try {
      this.#show(await this.#fetch(id, query));
    } catch (error) {
      if (id !== this.#branch.conversationId()) return;
      const isMissing = error instanceof ProblemError && (error.status === 404 || error.status === 400);
      this.#branch.state.set(isMissing ? 'missing' : 'failed');
    }
  }

  #show(messages: readonly Message[]): void {
    this.#branch.show(messages);
    this.#branch.state.set('ready');
    for (const message of messages) if (isUnderWay(message)) this.#answers.resume(message);
  }

  #fetch(id: string, query: MessageQuery): Promise<Message[]> {
    this.#loading.abort();
    this.#loading = new AbortController();
    return this.#server.heed(this.#allMessages(id, query, this.#loading.signal));
  }

  async #allMessages(id: string, query: MessageQuery, signal: AbortSignal): Promise<Message[]> {
    const all: Message[] = [];
    for (let after: string | null = null; ;) {
      const asked: MessageQuery = { ...query, limit: pageSize, ...(after !== null && { after }) };
      const page: Page<Message> = await this.#server.client.listMessages(id, asked, { signal });
      all.push(...page.data);
      after = page.last_id;
      if (!page.has_more || after === null) return all;
    }
  }
}

/** The server is working on it. */
function isUnderWay({ role, status }: Message): boolean {
  return role === 'assistant' && (status === 'queued' || status === 'in_progress');
}
