import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DATABASE_OPTIONS, databaseDefaults, type DatabaseOptions } from './database-options.js';
import { isUnavailable } from './database-errors.js';
import { Database } from './database.js';
import { runAs } from './pool/calling-owner.js';
import { type Announcement, idSeparator, ToldIds } from './told-ids.js';

/** Told of every message on a channel. */
export interface ChannelListener {
  /** What was said with `notify`, or one id that was told. */
  message(payload: string): void;
  /** The connection is there, for the first time or again: what was said in between went unheard. */
  connected(): void;
}

/** Times in ms. */
export const notificationDefaults = {
  /** Until a broken connection is tried again, and what could not be told is told again. */
  reconnectMs: 1_000,
  /** How long an echo may take. */
  echoTimeoutMs: 1_000,
  /** From one echo to the next: a connection that a network has silently dropped is noticed within that. */
  echoIntervalMs: 10_000,
  /** Ids that may wait to be told. */
  maxWaitingIds: 10_000,
  /** How long the end waits for a server that does not answer. */
  closeTimeoutMs: 500,
} as const;

/**
 * Losing a notification in a crash of the server costs nothing, as every listener is disconnected by it, too: so the commit
 * waits for no disk. The setting ends with the statement.
 */
const announce = `
  SELECT set_config('synchronous_commit', 'off', true), pg_notify(said.channel, said.payload)
  FROM unnest($1::text[], $2::text[]) AS said (channel, payload)`;

/**
 * PostgreSQL's LISTEN and NOTIFY, on a connection of its own that is made anew when it breaks. Nothing said while it is
 * broken is heard later: listeners catch up when they are told that it is connected. Behind a pooler that shares
 * connections between transactions nothing is heard at all, without any error: so it listens for its own echo, and
 * `isHeard` tells whether listeners may rely on hearing, or have to look for themselves.
 */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  readonly #listeners = new Map<string, ChannelListener>();
  readonly #echoChannel = `parley_echo_${randomUUID().replaceAll('-', '')}`;
  readonly #told = new ToldIds(notificationDefaults.maxWaitingIds);
  #client: pg.Client | undefined;
  /** The client's LISTENs are in force, as far as it knows. */
  #isListening = false;
  #isHeard = false;
  #echoed: (() => void) | undefined;
  #telling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #options: DatabaseOptions;
  readonly #database: Database;

  constructor(@Inject(DATABASE_OPTIONS) options: DatabaseOptions, database: Database) {
    this.#options = options;
    this.#database = database;
  }

  /** Something said on another connection was heard here, lately and on this very connection. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /**
   * Resolves when the channel is heard, or would be if there were a connection.
   * @param channel a plain identifier; it has one listener
   */
  async listen(channel: string, listener: ChannelListener): Promise<void> {
    this.#listeners.set(channel, listener);
    if (this.#client === undefined) return this.#connect();
    // One that is still connecting comes to this channel by itself.
    if (!this.#isListening) return;
    const client = this.#client;
    try {
      await client.query(`LISTEN ${channel}`);
      listener.connected();
    } catch (error) {
      this.#lost(client, error as Error);
    }
  }

  /**
   * Says something to every listener of every process. One line, less than 8,000 bytes.
   * @throws DatabaseUnavailableError
   */
  async notify(channel: string, payload: string): Promise<void> {
    await this.#database.query({ name: 'notify', text: announce }, [[channel], [payload]]);
  }

  /**
   * Tells every listener of every process of an id, soon: ids of the same while go together, in one statement at a time.
   * If the database is away they are told when it is back; of more than 10,000 waiting ids the latest are forgotten.
   */
  tell(channel: string, id: string): void {
    this.#told.add(channel, id);
    if (this.#isClosed) return;
    // On behalf of the process itself: the ids are of several owners.
    this.#telling ??= runAs(undefined, () =>
      new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#tellAll()),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    // The last ids of a process that ends are those that others wait for.
    await this.#briefly(this.#telling);
    this.#isClosed = true;
    this.#isHeard = false;
    clearTimeout(this.#timer);
    this.#echoed?.();
    await this.#briefly(this.#client?.end());
  }

  /** A server that does not answer keeps nobody from ending. */
  async #briefly(ending: Promise<void> | undefined): Promise<void> {
    const patience = new AbortController();
    const { closeTimeoutMs } = notificationDefaults;
    await Promise.race([
      ending?.catch(() => undefined).finally(() => patience.abort()),
      sleep(closeTimeoutMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
  }

  async #tellAll(): Promise<void> {
    while (this.#told.size > 0) {
      const announcement = this.#told.take();
      try {
        await this.#announce(announcement);
      } catch (error) {
        if (isUntellable(error)) continue;
        this.#told.putBack(announcement);
        setTimeout(() => void this.#tellAgain(), notificationDefaults.reconnectMs).unref();
        break;
      }
    }
    this.#telling = undefined;
  }

  #tellAgain(): void {
    if (this.#told.size > 0 && !this.#isClosed) this.#telling ??= this.#tellAll();
  }

  async #announce({ channels, payloads }: Announcement): Promise<void> {
    const client = this.#client;
    if (client !== undefined && this.#isListening) {
      try {
        await client.query(announce, [channels, payloads]);
        return;
      } catch (error) {
        if (isUntellable(error)) throw error;
        if (isUnavailable(error)) this.#lost(client, error as Error);
      }
    }
    await this.#database.query({ name: 'notify', text: announce }, [channels, payloads]);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: this.#options.connectTimeoutMs ?? databaseDefaults.connectTimeoutMs,
      query_timeout: this.#options.queryTimeoutMs ?? databaseDefaults.queryTimeoutMs,
      application_name: 'parley notifications',
      keepAlive: true,
    });
    this.#client = client;
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload = '' }) => this.#hear(channel, payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.#echoChannel}`);
      // The map's own keys: a channel that is added meanwhile is among them.
      for (const channel of this.#listeners.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.#lost(client, error as Error);
      return;
    }
    this.#isListening = true;
    for (const listener of this.#listeners.values()) listener.connected();
    void this.#listenForEcho(client);
  }

  #hear(channel: string, payload: string): void {
    if (channel === this.#echoChannel) this.#echoed?.();
    const listener = this.#listeners.get(channel);
    if (listener !== undefined) for (const line of payload.split(idSeparator)) listener.message(line);
  }

  /** Says something on a connection of the pool, listens for it here, and does so again after a while. */
  async #listenForEcho(client: pg.Client): Promise<void> {
    const wasHeard = this.#isHeard;
    const outcome = await this.#echo();
    if (this.#client !== client || this.#isClosed) return;
    if (outcome === 'unheard' && wasHeard) {
      this.#lost(client, new Error('The connection that listens for notifications hears nothing any more.'));
      return;
    }
    this.#isHeard = outcome === 'heard' || (outcome === 'unsaid' && wasHeard);
    const { reconnectMs, echoIntervalMs } = notificationDefaults;
    const nextMs = outcome === 'unsaid' ? reconnectMs : echoIntervalMs;
    this.#timer = setTimeout(() => void this.#listenForEcho(client), nextMs);
  }

  async #echo(): Promise<'heard' | 'unheard' | 'unsaid'> {
    const { promise: echo, resolve } = Promise.withResolvers<'heard'>();
    this.#echoed = () => resolve('heard');
    try {
      await this.notify(this.#echoChannel, '');
    } catch {
      return 'unsaid';
    }
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<'unheard'>((end) => {
      timer = setTimeout(() => end('unheard'), notificationDefaults.echoTimeoutMs);
    });
    return Promise.race([echo, silence]).finally(() => clearTimeout(timer));
  }

  #lost(client: pg.Client, error?: Error): void {
    if (this.#client !== client || this.#isClosed) return;
    this.#client = undefined;
    this.#isListening = false;
    this.#isHeard = false;
    clearTimeout(this.#timer);
    if (error !== undefined) this.#options.onConnectionError?.(error);
    client.end().catch(() => undefined);
    this.#timer = setTimeout(() => void this.#connect(), notificationDefaults.reconnectMs);
  }
}

/** PostgreSQL does not take the channel or the payload, and never will. */
function isUntellable(error: unknown): boolean {
  return (error as { code?: string }).code?.startsWith('22') ?? false;
}
