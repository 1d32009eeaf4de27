import { inject, Injectable, signal } from '@angular/core';
import { type Message, newId, type OnBusy, type SendMessage } from '@parley/client';
import { ConversationList } from '../conversation-list/conversation-list';
import { PageLocation } from '../page/page-location';
import { Server } from '../server/server';
import { Branch } from './branch';
import { Drafts } from './drafts';
import { LiveAnswer } from './live-answer';
import { LiveAnswers } from './live-answers';
import { newOutgoingMessage, type OutgoingMessage, placeholderMessage } from './outgoing-message';

/** Sends messages, and keeps them until the server has stored them. */
@Injectable({ providedIn: 'root' })
export class OutgoingMessages {
  readonly #server = inject(Server);
  readonly #branch = inject(Branch);
  readonly #answers = inject(LiveAnswers);
  readonly #drafts = inject(Drafts);
  readonly #list = inject(ConversationList);
  readonly #location = inject(PageLocation);
  readonly #all = signal<ReadonlyMap<string, OutgoingMessage>>(new Map());
  readonly #requests = new Map<string, LiveAnswer>();

  /** The messages that the server has not stored yet, by their ids. */
  readonly all = this.#all.asReadonly();

  /** Sends the next message of the branch that is shown. */
  send(content: string, onBusy?: OnBusy): void {
    const last = this.#branch.messages().at(-1);
    const isStored = last !== undefined && !this.#all().has(last.id);
    this.#begin(
      { content, ...(isStored && { parent_id: last.id }), ...(onBusy && { on_busy: onBusy }) },
      this.#branch.messages(),
    );
  }

  /** Sends a new version of a stored message, which starts a branch. */
  edit({ id, parent_id, sibling_ids }: Message, content: string, onBusy?: OnBusy): void {
    const request = { content, parent_id, ...(onBusy && { on_busy: onBusy }) };
    this.#begin(request, this.#branch.messagesBefore(id), sibling_ids ?? [id]);
  }

  /** Sends a message again after a failure. With another `onBusy` it is another request, which needs a new key. */
  resend(id: string, onBusy?: OnBusy): void {
    const message = this.#all().get(id);
    if (message === undefined) return;
    const { request, key } = message;
    void this.#deliver(
      onBusy === undefined
        ? { request, key, error: undefined }
        : { request: { ...request, on_busy: onBusy }, key: newId(), error: undefined },
    );
  }

  /** Stops sending a message and removes it from the page. Returns its text. */
  withdraw(id: string): string {
    const content = this.#all().get(id)?.request.content ?? '';
    this.#requests.get(id)?.unfollow();
    this.#remove(id);
    this.#branch.remove(id);
    if (this.#branch.conversationId() === undefined && this.#branch.messages().length === 0) {
      this.#branch.state.set('new');
    }
    return content;
  }

  /** Stops sending all messages. Those that the server has already stored are answered. */
  abandon(): void {
    for (const answer of this.#requests.values()) answer.unfollow();
    this.#requests.clear();
    this.#all.set(new Map());
  }

  #begin(request: SendMessage, before: readonly Message[], siblings: readonly string[] = []): void {
    const message = newOutgoingMessage(request);
    const parentId = before.at(-1)?.id ?? null;
    this.#branch.replace([...before, placeholderMessage(message.request, parentId, siblings)]);
    this.#branch.state.set('ready');
    void this.#deliver(message);
  }

  async #deliver(message: OutgoingMessage): Promise<void> {
    const { id } = message.request;
    const answer = new LiveAnswer();
    this.#keep(message);
    this.#requests.set(id, answer);
    try {
      await this.#send(message, answer);
    } catch (error) {
      if (answer.signal.aborted) return;
      this.#server.noteError(error);
      if (this.#all().has(id)) this.#keep({ ...message, error });
    } finally {
      if (this.#requests.get(id) === answer) this.#requests.delete(id);
    }
  }

  async #send({ request, key }: OutgoingMessage, answer: LiveAnswer): Promise<void> {
    const conversationId = this.#branch.conversationId() ?? (await this.#createConversation(answer.signal));
    const { client } = this.#server;
    await this.#answers.follow(
      answer,
      (options) => client.send(conversationId, request, { ...options, idempotencyKey: key }),
      () => {
        this.#remove(request.id);
        void this.#list.reloadAtTop(conversationId);
      },
    );
  }

  async #createConversation(signal: AbortSignal): Promise<string> {
    const conversation = await this.#server.track(this.#server.client.createConversation({}, { signal }));
    this.#drafts.moveTo(conversation.id);
    this.#branch.conversationId.set(conversation.id);
    this.#location.assignId(conversation.id);
    return conversation.id;
  }

  #keep(message: OutgoingMessage): void {
    this.#all.update((all) => new Map([...all, [message.request.id, message]]));
  }

  #remove(id: string): void {
    this.#all.update((all) => new Map([...all].filter(([other]) => other !== id)));
  }
}
