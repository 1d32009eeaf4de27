import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Acknowledgement, type History, type Reader, type Send } from '../history/history.js';
import { cancel, follow, pollUntilFinished } from './follower.js';
import { type ReplicaConnections } from './replica-connections.js';
import { bodyOf } from './request.js';
import { Sender } from './sender.js';
import { drawTurn, type LoadOptions, type SendPlan, type TurnPlan } from './turn-plan.js';

const timeoutMs = 6_000;

/** A chat client that sends turns one after the other, and may drop its connections, repeat requests and cancel runs. */
export class Client {
  readonly history: History;
  /** undefined: the next message starts one. */
  #conversationId: string | undefined;
  /** Answers of this conversation, for edits. */
  #answers: string[] = [];
  /** The run of the previous turn. */
  #lastRunId: string | undefined;
  #turns = 0;
  readonly #connections: ReplicaConnections;
  readonly #options: LoadOptions;

  constructor(
    readonly name: string,
    connections: ReplicaConnections,
    options: LoadOptions,
  ) {
    this.#connections = connections;
    this.#options = options;
    this.history = { client: name, conversations: [], sends: [], readers: [], cancels: [], polls: [] };
  }

  /** Sends turns until the signal is aborted, and resolves when the last one is finished. */
  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted && !this.#connections.isAborted) {
      const turn = drawTurn(this.#connections.random, this.#options);
      await this.#runTurn(turn);
      await delay(turn.pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** Closes a share of its open connections, 0 to 1. */
  drop(share: number): void {
    this.#connections.drop(share);
  }

  async #runTurn(turn: TurnPlan): Promise<void> {
    this.#turns += 1;
    const isOpening = turn.opensConversation || this.#conversationId === undefined;
    const opensByChat = isOpening && turn.sends.length === 1 && turn.sends[0]!.hasKey;
    if (opensByChat) this.#useConversation(undefined);
    else if (isOpening) this.#useConversation(await this.#openConversation());
    if (this.#conversationId === undefined && !opensByChat) return;
    const previousRunId = this.#lastRunId;
    const sending = turn.sends.map((plan, index) => this.#sendMessage(plan, index, turn, previousRunId));
    await Promise.all(sending);
  }

  #useConversation(conversationId: string | undefined): void {
    this.#conversationId = conversationId;
    this.#answers = [];
    this.#lastRunId = undefined;
  }

  /** May be repeated: a second conversation stays empty. */
  async #openConversation(): Promise<string | undefined> {
    while (!this.#connections.isAborted) {
      const { result } = await this.#connections.call({
        method: 'POST',
        path: '/api/conversations',
        body: {},
        timeoutMs,
      });
      const text = result.outcome === 'answered' ? await bodyOf(result.response, timeoutMs) : undefined;
      if (result.outcome === 'answered' && result.status === 201 && text !== undefined) {
        const { id } = JSON.parse(text) as { id: string };
        this.history.conversations.push(id);
        return id;
      }
      await this.#connections.pause();
    }
    return undefined;
  }

  async #sendMessage(
    plan: SendPlan,
    index: number,
    turn: TurnPlan,
    previousRunId: string | undefined,
  ): Promise<void> {
    const send = this.#sendOf(plan, index);
    this.history.sends.push(send);
    const followUps: Promise<void>[] = [];
    const onAcknowledged = (acknowledgement: Acknowledgement): void => {
      this.#conversationId ??= acknowledgement.conversationId;
      this.#answers.push(acknowledgement.replyId);
      this.#lastRunId = acknowledgement.runId;
      if (plan.cancelAfterMs !== undefined)
        followUps.push(this.#cancel(acknowledgement.runId, plan.cancelAfterMs));
      if (index === 0 && turn.cancelsLate && previousRunId !== undefined)
        followUps.push(this.#cancel(previousRunId, 0));
      if (index === 0 && turn.isWatched) followUps.push(this.#follow(acknowledgement.runId, []));
      if (send.form === 'async')
        followUps.push(
          plan.follows ? this.#follow(acknowledgement.runId, plan.drops) : this.#poll(acknowledgement.runId),
        );
    };
    const copies = Array.from({ length: plan.copies }, () =>
      new Sender(send, this.#connections, this.history.readers, onAcknowledged).send([...plan.drops]),
    );
    await Promise.all(copies);
    await Promise.all(followUps);
  }

  #sendOf(plan: SendPlan, index: number): Send {
    const name = `${this.name}.${this.#turns}${'ab'[index]}`;
    const parentId =
      plan.isEdit && this.#answers.length > 1
        ? this.#connections.random.pick(this.#answers.slice(0, -1))
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
    this.history.cancels.push(...(await cancel(this.name, runId, this.#connections)));
  }

  async #follow(runId: string, drops: number[]): Promise<void> {
    const reader: Reader = { client: this.name, runId, readings: [] };
    this.history.readers.push(reader);
    await follow(reader, this.#connections, drops);
  }

  async #poll(runId: string): Promise<void> {
    const poll = await pollUntilFinished(this.name, runId, this.#connections);
    if (poll !== undefined) this.history.polls.push(poll);
  }
}
