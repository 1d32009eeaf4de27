import { inject, Injectable, signal } from '@angular/core';
import { type Message, newId, type OnBusy, type SendMessage } from '@parley/client';
import { Answers } from './answers';
import { LiveAnswer } from './live-answer';
import { ConversationList } from '../conversation-list/conversation-list';
import { Server } from '../server/server';
import { Route } from '../page/route';
import { Branch } from './branch';
import { Drafts } from './drafts';
import { draftOf, newOutgoing, type Outgoing } from './outgoing';

/** Messages on their way to the server. */
@Injectable({ providedIn: 'root' })
export class Sending {
  readonly #server = inject(Server);
  readonly #branch = inject(Branch);
  readonly #answers = inject(Answers);
  readonly #drafts = inject(Drafts);
  readonly #list = inject(ConversationList);
  readonly #route = inject(Route);
  readonly #outgoing = signal<ReadonlyMap<string, Outgoing>>(new Map());
  readonly #underWay = new Map<string, LiveAnswer>();

  /** What the server has not stored yet, by the id of the message. */
  readonly outgoing = this.#outgoing.asReadonly();

  /** Sends the next message of the branch that is shown. */
  send(content: string, onBusy?: OnBusy): void {
    const last = this.#branch.messages().at(-1);
    const isStored = last !== undefined && !this.#outgoing().has(last.id);
    this.#begin(
      { content, ...(isStored && { parent_id: last.id }), ...(onBusy && { on_busy: onBusy }) },
      this.#branch.messages(),
    );
  }

  /** Sends another message in the place of one that was sent: a branch begins. */
  edit({ id, parent_id, sibling_ids }: Message, content: string, onBusy?: OnBusy): void {
    const request = { content, parent_id, ...(onBusy && { on_busy: onBusy }) };
    this.#begin(request, this.#branch.before(id), sibling_ids ?? [id]);
  }

  /** Tries again what was not sent. */
  again(id: string, onBusy?: OnBusy): void {
    const outgoing = this.#outgoing().get(id);
    if (outgoing === undefined) return;
    const { request, key } = outgoing;
    void this.#deliver(
      onBusy === undefined
        ? { request, key, error: undefined }
        : { request: { ...request, on_busy: onBusy }, key: newId(), error: undefined },
    );
  }

  /** Forgets a message that was not sent. Returns its text. */
  takeBack(id: string): string {
    const content = this.#outgoing().get(id)?.request.content ?? '';
    this.#underWay.get(id)?.leave();
    this.#forget(id);
    this.#branch.remove(id);
    if (this.#branch.conversationId() === undefined && this.#branch.messages().length === 0) {
      this.#branch.state.set('new');
    }
    return content;
  }

  /** Looks away. What the server has stored by now goes on. */
  leave(): void {
    for (const answer of this.#underWay.values()) answer.leave();
    this.#underWay.clear();
    this.#outgoing.set(new Map());
  }

  #begin(request: SendMessage, before: readonly Message[], siblings: readonly string[] = []): void {
    const outgoing = newOutgoing(request);
    this.#branch.show([...before, draftOf(outgoing.request, before.at(-1)?.id ?? null, siblings)]);
    this.#branch.state.set('ready');
    void this.#deliver(outgoing);
  }

  async #deliver(outgoing: Outgoing): Promise<void> {
    const { id } = outgoing.request;
    const answer = new LiveAnswer();
    this.#keep(outgoing);
    this.#underWay.set(id, answer);
    try {
      await this.#send(outgoing, answer);
    } catch (error) {
      if (answer.signal.aborted) return;
      this.#server.learnFrom(error);
      if (this.#outgoing().has(id)) this.#keep({ ...outgoing, error });
    } finally {
      if (this.#underWay.get(id) === answer) this.#underWay.delete(id);
    }
  }

  async #send({ request, key }: Outgoing, answer: LiveAnswer): Promise<void> {
    const conversationId = this.#branch.conversationId() ?? (await this.#open(answer.signal));
    const { client } = this.#server;
    await this.#answers.follow(
      answer,
      (options) => client.send(conversationId, request, { ...options, idempotencyKey: key }),
      () => {
        this.#forget(request.id);
        void this.#list.refresh(conversationId);
      },
    );
  }

  /** The first message makes a conversation of what was none. */
  async #open(signal: AbortSignal): Promise<string> {
    const conversation = await this.#server.heed(this.#server.client.createConversation({}, { signal }));
    this.#drafts.takeAlong(conversation.id);
    this.#branch.conversationId.set(conversation.id);
    this.#route.name(conversation.id);
    return conversation.id;
  }

  #keep(outgoing: Outgoing): void {
    this.#outgoing.update((all) => new Map([...all, [outgoing.request.id, outgoing]]));
  }

  #forget(id: string): void {
    this.#outgoing.update((all) => new Map([...all].filter(([other]) => other !== id)));
  }
}
