import { Database, type Statement } from '#database';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ChatObserver } from '../chat-observer.js';
import { chatDefaults } from '../chat-options.js';
import { type RunStatus } from '../messages/message.entity.js';
import { type Turn } from '../turns/turn.js';
import { RemoteRun } from './remote-run.js';
import { RunArchive } from './run-archive.js';
import { textSoFar } from './text-so-far.js';

const lookAtRuns: Statement = {
  name: 'look_at_runs',
  text: `
    SELECT r.id, r.status, coalesce(text.attempt, 1) AS attempt, coalesce(text.content, '') AS content
    FROM runs r LEFT JOIN LATERAL (${textSoFar('r.id')}) text ON true
    WHERE r.id = ANY($1)`,
};

interface SeenRun extends Record<string, unknown> {
  id: string;
  status: RunStatus;
  attempt: number;
  content: string;
}

/** Follows the runs of other replicas by looking at the database, in one statement for all that are followed here. */
@Injectable()
export class RemoteRuns implements OnApplicationShutdown {
  readonly #followed = new Map<string, RemoteRun>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly archive: RunArchive,
    private readonly observer: ChatObserver,
  ) {}

  /** The run, with what is known of its text; it goes on being looked at while somebody listens to it. */
  async follow(turn: Turn): Promise<RemoteRun> {
    const { id } = turn.run;
    const followed = this.#followed.get(id);
    if (followed !== undefined) return followed;
    const [seen] = await this.database.query<SeenRun>(lookAtRuns, [[id]]);
    // Somebody else may have begun to follow it meanwhile: two would be looked at as one, and one would hear nothing.
    const begun = this.#followed.get(id);
    if (begun !== undefined) return begun;
    const { attempt = 1, content = '' } = seen ?? {};
    const run = new RemoteRun({ turn, attempt, text: content, isOver: false });
    this.#followed.set(id, run);
    this.#timer ??= setTimeout(() => void this.#look(), chatDefaults.checkpointMs);
    return run;
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
    this.#followed.clear();
  }

  async #look(): Promise<void> {
    for (const [id, run] of this.#followed) if (!run.isHeard) this.#followed.delete(id);
    const ids = [...this.#followed.keys()];
    try {
      if (ids.length > 0) {
        const over = this.#tell(await this.database.query<SeenRun>(lookAtRuns, [ids]), ids);
        for (const id of over) await this.#end(id);
      }
    } catch (error) {
      this.observer.emit('followFailed', error as Error);
    }
    const isNeeded = this.#followed.size > 0;
    this.#timer = isNeeded ? setTimeout(() => void this.#look(), chatDefaults.checkpointMs) : undefined;
  }

  /** Tells of runs that go on, and gives the ids of those that are over. */
  #tell(seen: readonly SeenRun[], asked: readonly string[]): string[] {
    const over: string[] = [];
    const found = new Map(seen.map((run) => [run.id, run]));
    for (const id of asked) {
      const run = this.#followed.get(id);
      const now = found.get(id);
      if (run === undefined) continue;
      if (now === undefined) {
        this.#followed.delete(id);
        run.update(undefined);
      } else if (now.status !== 'in_progress') {
        over.push(id);
      } else {
        run.update({ turn: run.turn, attempt: now.attempt, text: now.content, isOver: false });
      }
    }
    return over;
  }

  async #end(id: string): Promise<void> {
    const run = this.#followed.get(id);
    const stored = await this.archive.turn(id);
    this.#followed.delete(id);
    run?.update(
      stored && {
        turn: stored.turn,
        attempt: stored.textAttempt,
        text: stored.turn.reply.content,
        isOver: true,
      },
    );
  }
}
