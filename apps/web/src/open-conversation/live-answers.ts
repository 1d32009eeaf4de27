import { computed, inject, Injectable, signal } from '@angular/core';
import {
  type Message,
  type MessageCreated,
  type MessageEnded,
  type RunEvent,
  type RunStream,
  type StreamOptions,
} from '@parley/client';
import { ConversationList } from '../conversation-list/conversation-list';
import { Announcer } from '../page/announcer';
import { LlmStatus } from '../server/llm-status';
import { Server } from '../server/server';
import { StreamGate } from '../server/stream-gate';
import { texts } from '../texts/texts';
import { Branch } from './branch';
import { LiveAnswer } from './live-answer';

/** Opens the event stream of an answer. */
export type OpenStream = (options: StreamOptions) => RunStream;

/** Follows the event streams of answers and applies their events to the branch that is shown. */
@Injectable({ providedIn: 'root' })
export class LiveAnswers {
  readonly #server = inject(Server);
  readonly #branch = inject(Branch);
  readonly #list = inject(ConversationList);
  readonly #llm = inject(LlmStatus);
  readonly #announcer = inject(Announcer);
  readonly #gate = inject(StreamGate);
  readonly #all = signal<ReadonlyMap<string, LiveAnswer>>(new Map());

  /** By the id of their message, including finished ones. */
  readonly all = this.#all.asReadonly();
  /** Those that are not finished, oldest first. */
  readonly running = computed(() => [...this.#all().values()].filter((answer) => !answer.isFinished()));

  /** Follows an answer that the server is already generating. Does nothing if it is followed. */
  resume({ id, run_id }: Message): void {
    if (run_id === null || this.#all().get(id)?.isFinished() === false) return;
    const answer = new LiveAnswer(run_id);
    this.#add(id, answer);
    this.follow(answer, (options) => this.#server.client.follow(run_id, options)).catch((error: unknown) => {
      if (!answer.signal.aborted) this.#server.noteError(error);
    });
  }

  /**
   * Follows an answer to its end. Rejects if its stream fails or is aborted.
   * @param onStored called with the event that reports that the server has stored the message and the empty answer
   */
  async follow(
    answer: LiveAnswer,
    openStream: OpenStream,
    onStored?: (event: MessageCreated) => void,
  ): Promise<void> {
    const stream = openStream({
      signal: answer.signal,
      gate: this.#gate,
      onConnection: (connection) => {
        if (connection.state === 'waiting') answer.connection.set('reconnecting');
        else if (answer.connection() === 'reconnecting') answer.connection.set('reconnected');
        this.#server.onConnection(connection);
      },
    });
    try {
      for await (const event of stream) {
        answer.connection.set('open');
        if (event.type === 'message.created') onStored?.(event);
        this.#apply(event, answer, stream);
      }
    } finally {
      answer.isFinished.set(true);
    }
  }

  /** Cancels the runs of all running answers. The server keeps their partial text. */
  async cancelAll(): Promise<void> {
    const ids = this.running().flatMap((answer) => answer.runId() ?? []);
    await Promise.all(ids.map((id) => this.#server.track(this.#server.client.cancelRun(id))));
  }

  /** Stops following all answers. The server continues to generate them. */
  unfollowAll(): void {
    for (const answer of this.running()) answer.unfollow();
    this.#all.set(new Map());
  }

  #apply(event: RunEvent, answer: LiveAnswer, stream: RunStream): void {
    switch (event.type) {
      case 'run.started':
        answer.runId.set(event.run_id);
        return;
      case 'message.created':
        this.#branch.upsert(event.message);
        this.#branch.upsert(event.reply);
        this.#add(event.message_id, answer);
        this.#announcer.announce(texts.answer.startAnnouncement);
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
        void this.#list.reloadAtTop(event.run.conversation_id);
        if (event.run.error !== null) void this.#llm.refresh();
        return;
      default:
        this.#applyEnd(event);
    }
  }

  #applyEnd({ type, message }: MessageEnded): void {
    this.#branch.upsert(message);
    if (message.source === 'fallback') void this.#llm.refresh();
    const { endAnnouncement, cancelAnnouncement, failureAnnouncement } = texts.answer;
    if (type === 'message.cancelled') this.#announcer.announce(cancelAnnouncement);
    else
      this.#announcer.announce(
        message.content === '' ? failureAnnouncement : endAnnouncement(message.content),
      );
  }

  #add(id: string, answer: LiveAnswer): void {
    this.#all.update((all) => new Map([...all, [id, answer]]));
  }
}
