import { computed, inject, Injectable } from '@angular/core';
import { type Feedback, type Message, type MessageQuery, type Page, ProblemError } from '@parley/client';
import { ConversationList } from '../conversation-list/conversation-list';
import { Notices } from '../page/notices';
import { errorText } from '../server/request-errors';
import { Server } from '../server/server';
import { Branch } from './branch';
import { LiveAnswer } from './live-answer';
import { LiveAnswers } from './live-answers';
import { OutgoingMessages } from './outgoing-messages';

const pageSize = 100;

/** Opens conversations, switches between their branches, regenerates and rates answers. */
@Injectable({ providedIn: 'root' })
export class OpenConversation {
  readonly #server = inject(Server);
  readonly #branch = inject(Branch);
  readonly #answers = inject(LiveAnswers);
  readonly #outgoing = inject(OutgoingMessages);
  readonly #list = inject(ConversationList);
  readonly #notices = inject(Notices);
  #loading = new AbortController();

  /** Whether an answer is being generated or a message is being sent. */
  readonly isBusy = computed(
    () =>
      this.#answers.running().length > 0 ||
      [...this.#outgoing.all().values()].some(({ error }) => error === undefined),
  );

  /**
   * Opens a conversation; a new one if the id is undefined.
   * @param through shows the newest branch with this message; if left out, the newest branch of all
   */
  async open(id: string | undefined, through?: string): Promise<void> {
    const isOpen = id !== undefined && id === this.#branch.conversationId();
    if (isOpen && this.#branch.messages().some((message) => message.id === through)) return;
    if (isOpen && through === undefined && this.#branch.state() === 'ready') return;
    this.#close();
    this.#branch.conversationId.set(id);
    this.#branch.replace([]);
    this.#branch.state.set(id === undefined ? 'new' : 'loading');
    if (id === undefined) return;
    if (this.#list.titleOf(id) === undefined) void this.#list.loadTitle(id);
    await this.#load(id, through === undefined ? {} : { through });
  }

  /** Shows the newest branch with a message. @throws ProblemError, ConnectionError */
  async showBranch(through: string): Promise<void> {
    const id = this.#branch.conversationId();
    if (id !== undefined) this.#show(await this.#fetch(id, { through }));
  }

  /** Loads the newest branch again. */
  async reload(): Promise<void> {
    const id = this.#branch.conversationId();
    if (id === undefined) return;
    this.#close();
    await this.#load(id, {});
  }

  /** Requests another answer to the same question. If the server refuses, the old answer and a notice are shown. */
  async regenerate({ id, sibling_ids: siblings = [id] }: Message): Promise<void> {
    const shown = this.#branch.messages();
    const options = this.isBusy() ? { on_busy: 'interrupt' as const } : {};
    const answer = new LiveAnswer();
    this.#branch.replace(this.#branch.messagesBefore(id));
    try {
      await this.#answers.follow(
        answer,
        (streamOptions) => this.#server.client.regenerate(id, options, streamOptions),
        ({ reply }) => this.#branch.upsert({ ...reply, sibling_ids: [...siblings, reply.id] }),
      );
    } catch (error) {
      if (answer.signal.aborted) return;
      this.#server.noteError(error);
      this.#branch.replace(shown);
      this.#notices.show(errorText(error));
    }
  }

  /** Stores the user's rating of an answer. @throws ProblemError, ConnectionError */
  async rate(message: Message, feedback: Feedback): Promise<void> {
    await this.#server.track(this.#server.client.setFeedback(message.id, feedback));
    this.#branch.upsert({ ...message, feedback });
  }

  #close(): void {
    this.#loading.abort();
    this.#outgoing.abandon();
    this.#answers.unfollowAll();
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
    this.#branch.replace(messages);
    this.#branch.state.set('ready');
    for (const message of messages) if (isBeingGenerated(message)) this.#answers.resume(message);
  }

  #fetch(id: string, query: MessageQuery): Promise<Message[]> {
    this.#loading.abort();
    this.#loading = new AbortController();
    return this.#server.track(this.#allMessages(id, query, this.#loading.signal));
  }

  async #allMessages(id: string, query: MessageQuery, signal: AbortSignal): Promise<Message[]> {
    const all: Message[] = [];
    for (let after: string | null = null; ;) {
      const pageQuery: MessageQuery = { ...query, limit: pageSize, ...(after !== null && { after }) };
      const page: Page<Message> = await this.#server.client.listMessages(id, pageQuery, { signal });
      all.push(...page.data);
      after = page.last_id;
      if (!page.has_more || after === null) return all;
    }
  }
}

function isBeingGenerated({ role, status }: Message): boolean {
  return role === 'assistant' && (status === 'queued' || status === 'in_progress');
}
