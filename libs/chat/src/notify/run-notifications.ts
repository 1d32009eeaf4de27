import { type ChannelListener, Notifications } from '#database';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type RunView } from '../model/run.view.js';

const channel = 'parley_progress';

/** Receives notifications about runs, of other replicas and of this one. */
export interface RunNotificationListener {
  /** More text of a run was stored, or the run ended. */
  onChange(runId: string, conversationId: string): void;
  /** The connection was (re)established: earlier notifications about any run may have been missed. */
  onGap(): void;
}

/** What {@link RunNotifications} needs from `Notifications`. */
export interface NotificationChannels {
  readonly isReceiving: boolean;
  listen(channel: string, listener: ChannelListener): Promise<void>;
  notifyLater(channel: string, id: string): void;
}

/**
 * Notifies replicas of the progress of runs, with NOTIFY on the channel `parley_progress` after the commit. Each line of
 * the payload is `RUN_ID/CONVERSATION_ID`; a replica that follows the run then reads the database.
 */
@Injectable()
export class RunNotifications implements OnApplicationBootstrap {
  readonly #listeners = new Set<RunNotificationListener>();

  readonly #notifications: NotificationChannels;

  constructor(@Inject(Notifications) notifications: NotificationChannels) {
    this.#notifications = notifications;
  }

  /** False where LISTEN does not work, as behind a transaction pooler: then followers have to poll more often. */
  get isReceiving(): boolean {
    return this.#notifications.isReceiving;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#notifications.listen(channel, {
      onMessage: (payload) => this.#receive(payload),
      onConnect: () => this.#listeners.forEach((listener) => listener.onGap()),
    });
  }

  /** Adds a listener for as long as this process runs. */
  subscribe(listener: RunNotificationListener): void {
    this.#listeners.add(listener);
  }

  /** Notifies all replicas that a run has new text or has ended. */
  publish({ id, conversation_id }: Pick<RunView, 'id' | 'conversation_id'>): void {
    this.#notifications.notifyLater(channel, `${id}/${conversation_id}`);
  }

  #receive(payload: string): void {
    const [runId = '', conversationId = ''] = payload.split('/');
    for (const listener of this.#listeners) listener.onChange(runId, conversationId);
  }
}
