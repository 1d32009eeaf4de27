import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Acknowledgement, type History, type Reader, type Send } from '../history/history.js';
import { cancel, follow, lookUntilOver } from './follower.js';
import { type Link } from './link.js';
import { bodyOf } from './request.js';
import { Sender } from './sender.js';
import { drawTurn, type LoadOptions, type SendPlan, type TurnPlan } from './turn-plan.js';

const patienceMs = 6_000;

/** One person who chats: one turn after the other, in one conversation after the other, and not always politely. */
export class Client {
  readonly history: History;
  /** undefined: the next send opens one. */
  #conversationId: string | undefined;
  /** Answers of this conversation, for edits; and the run of the turn before. */
  #answers: string[] = [];
  #lastRunId: string | undefined;
  #turns = 0;
  readonly #link: Link;
  readonly #options: LoadOptions;

  constructor(
    readonly name: string,
    link: Link,
    options: LoadOptions,
  ) {
    this.#link = link;
    this.#options = options;
    this.history = { client: name, conversations: [], sends: [], readers: [], cancels: [], looks: [] };
  }

  /** Chats until it is asked to stop, and then finishes what it has begun. */
  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted && !this.#link.isOver) {
      const turn = drawTurn(this.#link.random, this.#options);
      await this.#take(turn);
      await delay(turn.pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** Cuts a share of its connections. */
  drop(share: number): void {
    this.#link.drop(share);
  }

  async #take(turn: TurnPlan): Promise<void> {
    this.#turns += 1;
    const isOpening = turn.opensConversation || this.#conversationId === undefined;
    const opensByChat = isOpening && turn.sends.length === 1 && turn.sends[0]!.hasKey;
    if (opensByChat) this.#enter(undefined);
    else if (isOpening) this.#enter(await this.#openConversation());
    if (this.#conversationId === undefined && !opensByChat) return;
    const previousRunId = this.#lastRunId;
    const said = turn.sends.map((plan, index) => this.#say(plan, index, turn, previousRunId));
    await Promise.all(said);
  }

  #enter(conversationId: string | undefined): void {
    this.#conversationId = conversationId;
    this.#answers = [];
    this.#lastRunId = undefined;
  }

  /** Opening a conversation twice does no harm: one of them stays empty. */
  async #openConversation(): Promise<string | undefined> {
    while (!this.#link.isOver) {
      const { reached } = await this.#link.call({
        method: 'POST',
        path: '/api/conversations',
        body: {},
        patienceMs,
      });
      const text = reached.outcome === 'answered' ? await bodyOf(reached.response, patienceMs) : undefined;
      if (reached.outcome === 'answered' && reached.status === 201 && text !== undefined) {
        const { id } = JSON.parse(text) as { id: string };
        this.history.conversations.push(id);
        return id;
      }
      await this.#link.pause();
    }
    return undefined;
  }

  async #say(
    plan: SendPlan,
    index: number,
    turn: TurnPlan,
    previousRunId: string | undefined,
  ): Promise<void> {
    const send = this.#sendOf(plan, index);
    this.history.sends.push(send);
    const beside: Promise<void>[] = [];
    const onAcknowledged = (told: Acknowledgement): void => {
      this.#conversationId ??= told.conversationId;
      this.#answers.push(told.replyId);
      this.#lastRunId = told.runId;
      if (plan.cancelAfterMs !== undefined) beside.push(this.#cancel(told.runId, plan.cancelAfterMs));
      if (index === 0 && turn.cancelsLate && previousRunId !== undefined)
        beside.push(this.#cancel(previousRunId, 0));
      if (index === 0 && turn.isWatched) beside.push(this.#follow(told.runId, []));
      if (send.form === 'async')
        beside.push(plan.follows ? this.#follow(told.runId, plan.drops) : this.#look(told.runId));
    };
    const copies = Array.from({ length: plan.copies }, () =>
      new Sender(send, this.#link, this.history.readers, onAcknowledged).say([...plan.drops]),
    );
    await Promise.all(copies);
    await Promise.all(beside);
  }

  #sendOf(plan: SendPlan, index: number): Send {
    const name = `${this.name}.${this.#turns}${'ab'[index]}`;
    const parentId =
      plan.isEdit && this.#answers.length > 1
        ? this.#link.random.pick(this.#answers.slice(0, -1))
        : undefined;
    const { form, isLong, hasKey, hasOwnId, onBusy } = plan;
    const isOpening = this.#conversationId === undefined;
    return {
      client: this.name,
      name,
      content: isLong ? `Write a long essay. (${name})` : `Good morning. (${name})`,
      form,
      conversationId: this.#conversationId,
      key: hasKey ? `key of ${name} ${randomUUID()}` : undefined,
      ownId: hasOwnId && !isOpening ? randomUUID() : undefined,
      parentId,
      onBusy,
      tries: [],
      acknowledgements: [],
    };
  }

  async #cancel(runId: string, afterMs: number): Promise<void> {
    await delay(afterMs);
    this.history.cancels.push(...(await cancel(this.name, runId, this.#link)));
  }

  async #follow(runId: string, drops: number[]): Promise<void> {
    const reader: Reader = { client: this.name, runId, readings: [] };
    this.history.readers.push(reader);
    await follow(reader, this.#link, drops);
  }

  async #look(runId: string): Promise<void> {
    const look = await lookUntilOver(this.name, runId, this.#link);
    if (look !== undefined) this.history.looks.push(look);
  }
}
