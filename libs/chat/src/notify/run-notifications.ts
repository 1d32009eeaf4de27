import { Notifications } from '#database';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type RunView } from '../model/run.view.js';

const channel = 'parley_progress';

/** Whoever wants to know that there is something new of a run of another replica. */
export interface RunNotificationListener {
  /** Its text has grown, or it has ended. */
  onChange(runId: string, conversationId: string): void;
  /** There may be something new of every run: what was said until now went unheard. */
  onGap(): void;
}

/**
 * What replicas tell each other of their runs' progress, once it is committed: ids only, so that whoever follows a run
 * looks at the database when there is something to see.
 */
@Injectable()
export class RunNotifications implements OnApplicationBootstrap {
  readonly #listeners = new Set<RunNotificationListener>();

  readonly #notifications: Notifications;

  constructor(notifications: Notifications) {
    this.#notifications = notifications;
  }

  /** False where LISTEN is not to be had, as behind a transaction pooler: then followers have to look by themselves. */
  get isReceiving(): boolean {
    return this.#notifications.isReceiving;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#notifications.listen(channel, {
      onMessage: (line) => this.#receive(line),
      onConnect: () => this.#listeners.forEach((listener) => listener.onGap()),
    });
  }

  subscribe(listener: RunNotificationListener): void {
    this.#listeners.add(listener);
  }

  publish({ id, conversation_id }: Pick<RunView, 'id' | 'conversation_id'>): void {
    this.#notifications.notifyLater(channel, `${id}/${conversation_id}`);
  }

  #receive(line: string): void {
    const [runId = '', conversationId = ''] = line.split('/');
    for (const listener of this.#listeners) listener.onChange(runId, conversationId);
  }
}
