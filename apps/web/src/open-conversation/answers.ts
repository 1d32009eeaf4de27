import { computed, inject, Injectable, signal } from '@angular/core';
import {
  type Message,
  type MessageCreated,
  type MessageEnded,
  type RunEvent,
  type RunStream,
  type StreamOptions,
} from '@parley/client';
import { Branch } from './branch';
import { ConversationList } from '../conversation-list/conversation-list';
import { LlmStatus } from '../server/llm-status';
import { Server } from '../server/server';
import { Announcer } from '../page/announcer';
import { texts } from '../texts/texts';
import { LiveAnswer } from './live-answer';

/** Asks for the events of an answer. */
export type Ask = (options: StreamOptions) => RunStream;

/** The answers that the page sees being written. */
@Injectable({ providedIn: 'root' })
export class Answers {
  readonly #server = inject(Server);
  readonly #branch = inject(Branch);
  readonly #list = inject(ConversationList);
  readonly #llm = inject(LlmStatus);
  readonly #announcer = inject(Announcer);
  readonly #all = signal<ReadonlyMap<string, LiveAnswer>>(new Map());

  /** By the id of their message; those that are over, too. */
  readonly all = this.#all.asReadonly();
  readonly running = computed(() => [...this.#all().values()].filter((answer) => !answer.isOver()));

  /** Follows an answer that the server is working on already. */
  resume({ id, run_id }: Message): void {
    if (run_id === null || this.#all().get(id)?.isOver() === false) return;
    const answer = new LiveAnswer(run_id);
    this.#add(id, answer);
    this.follow(answer, (options) => this.#server.client.follow(run_id, options)).catch((error: unknown) => {
      if (!answer.signal.aborted) this.#server.learnFrom(error);
    });
  }

  /**
   * Shows an answer while it is being written, to its end. Rejects when it cannot be followed, or not any more.
   * @param onStored told when the server has stored what was asked
   */
  async follow(answer: LiveAnswer, ask: Ask, onStored?: (event: MessageCreated) => void): Promise<void> {
    const stream = ask({
      signal: answer.signal,
      onConnection: (connection) => {
        if (connection.state === 'waiting') answer.connection.set('cut');
        else if (answer.connection() === 'cut') answer.connection.set('regained');
        this.#server.onConnection(connection);
      },
    });
    try {
      for await (const event of stream) {
        answer.connection.set('fine');
        if (event.type === 'message.created') onStored?.(event);
        this.#take(event, answer, stream);
      }
    } finally {
      answer.isOver.set(true);
    }
  }

  /** Stops everything that is being written; what there is of it stays. */
  async stop(): Promise<void> {
    const ids = this.running().flatMap((answer) => answer.runId() ?? []);
    await Promise.all(ids.map((id) => this.#server.heed(this.#server.client.cancelRun(id))));
  }

  /** Looks away; everything goes on being written. */
  leave(): void {
    for (const answer of this.running()) answer.leave();
    this.#all.set(new Map());
  }

  #take(event: RunEvent, answer: LiveAnswer, stream: RunStream): void {
    switch (event.type) {
      case 'run.started':
        answer.runId.set(event.run_id);
        return;
      case 'message.created':
        this.#branch.put(event.message);
        this.#branch.put(event.reply);
        this.#add(event.message_id, answer);
        this.#announcer.say(texts.answer.startedSaying);
        return;
      case 'message.delta':
        answer.text.set(stream.text);
        return;
      case 'run.retrying':
        answer.restarts.update((all) => [...all, event]);
        answer.text.set(stream.text);
        return;
      case 'run.finished':
        answer.run.set(event.run);
        void this.#list.refresh(event.run.conversation_id);
        if (event.run.error !== null) void this.#llm.look();
        return;
      default:
        this.#end(event);
    }
  }

  #end({ type, message }: MessageEnded): void {
    this.#branch.put(message);
    if (message.source === 'fallback') void this.#llm.look();
    const { finishedSaying, stoppedSaying, failedSaying } = texts.answer;
    if (type === 'message.cancelled') this.#announcer.say(stoppedSaying);
    else this.#announcer.say(message.content === '' ? failedSaying : finishedSaying(message.content));
  }

  #add(id: string, answer: LiveAnswer): void {
    this.#all.update((all) => new Map([...all, [id, answer]]));
  }
}
