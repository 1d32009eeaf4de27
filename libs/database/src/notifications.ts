import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createClient } from './create-client.js';
import { serversOf } from './data-source-options.js';
import { DATABASE_OPTIONS, databaseDefaults, type DatabaseOptions } from './database-options.js';
import { isUnavailable } from './error-classes.js';
import { Database } from './database.js';
import { type PostgresServers } from './servers/postgres-servers.js';
import { runAs } from './pool/calling-owner.js';
import { idSeparator, type NotificationBatch, PendingNotifications } from './pending-notifications.js';

/** Receives the notifications of one channel. */
export interface ChannelListener {
  /** @param payload one line: the payload of {@link Notifications.notify}, or one id of {@link Notifications.notifyLater} */
  onMessage(payload: string): void;
  /** The connection is listening, for the first time or again. Notifications sent while it was not are lost. */
  onConnect(): void;
}

/** Defaults of {@link Notifications}; times in milliseconds. */
export const notificationDefaults = {
  /** Delay before a broken connection is opened again, and before unsent ids are sent again. */
  reconnectMs: 1_000,
  /** Longest time from NOTIFY to the receipt of an echo. */
  echoTimeoutMs: 1_000,
  /** Time between echoes: bounds how long a silently dropped connection stays undetected. */
  echoIntervalMs: 10_000,
  /** Upper bound of ids that wait to be sent. */
  maxPendingIds: 10_000,
  /** How long shutdown waits for a server that does not answer, for each step. */
  closeTimeoutMs: 500,
} as const;

/**
 * Sends one notification per pair. A crash of the server disconnects every listener as well, so a lost notification does no
 * further harm: the commit need not wait for the disk. The setting ends with the statement.
 */
const notifyText = `
  SELECT set_config('synchronous_commit', 'off', true), pg_notify(pair.channel, pair.payload)
  FROM unnest($1::text[], $2::text[]) AS pair (channel, payload)`;

/**
 * PostgreSQL's LISTEN and NOTIFY, on a dedicated connection that reconnects. Notifications sent while it is disconnected are
 * lost: listeners catch up in `onConnect`. Behind a pooler that shares connections between transactions LISTEN succeeds but
 * no notification arrives, so this class sends echoes to itself; `isReceiving` says whether listeners may rely on
 * notifications or must poll.
 *
 * The payload of a notification is text of at most 7,999 bytes: one line for {@link notify}, ids separated by line feeds
 * for {@link notifyLater}.
 */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  readonly #listeners = new Map<string, ChannelListener>();
  readonly #echoChannel = `parley_echo_${randomUUID().replaceAll('-', '')}`;
  readonly #pending = new PendingNotifications(notificationDefaults.maxPendingIds);
  #client: pg.Client | undefined;
  /** LISTEN has succeeded for every channel on the current client. */
  #isListening = false;
  #isReceiving = false;
  #onEcho: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #options: DatabaseOptions;
  readonly #servers: PostgresServers;
  readonly #database: Database;

  constructor(@Inject(DATABASE_OPTIONS) options: DatabaseOptions, database: Database) {
    this.#options = options;
    this.#servers = serversOf(options);
    this.#database = database;
  }

  /** Whether the latest echo, sent from a connection of the pool, arrived on the current connection. */
  get isReceiving(): boolean {
    return this.#isReceiving;
  }

  /**
   * Adds the listener of a channel. Resolves once LISTEN succeeded or the connection failed; a failed connection is
   * opened again and then listens to the channel.
   * @param channel a plain SQL identifier; it has one listener
   */
  async listen(channel: string, listener: ChannelListener): Promise<void> {
    this.#listeners.set(channel, listener);
    if (this.#client === undefined) return this.#connect();
    // While connecting, #connect also listens to channels added meanwhile.
    if (!this.#isListening) return;
    const client = this.#client;
    try {
      await client.query(`LISTEN ${channel}`);
      listener.onConnect();
    } catch (error) {
      this.#disconnected(client, error as Error);
    }
  }

  /**
   * Sends a notification to the listeners of a channel in all processes.
   * @param payload one line of at most 7,999 bytes
   * @throws DatabaseUnavailableError
   */
  async notify(channel: string, payload: string): Promise<void> {
    await this.#database.query({ name: 'notify', text: notifyText }, [[channel], [payload]]);
  }

  /**
   * Queues an id for the listeners of a channel in all processes. Ids queued in the same turn of the event loop, or while a
   * statement is under way, share one statement. While the database is unavailable up to 10,000 ids wait; further ids are
   * dropped.
   */
  notifyLater(channel: string, id: string): void {
    this.#pending.add(channel, id);
    if (this.#isClosed) return;
    // On behalf of the process itself: the ids belong to several owners.
    this.#sending ??= runAs(undefined, () =>
      new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#sendPending()),
    );
  }

  /** Sends the pending ids, on which other replicas depend, and closes the connection. */
  async onApplicationShutdown(): Promise<void> {
    await this.#withTimeout(this.#sending);
    this.#isClosed = true;
    this.#isReceiving = false;
    clearTimeout(this.#timer);
    this.#onEcho?.();
    await this.#withTimeout(this.#client?.end());
  }

  /** Resolves when the promise settles, at the latest after `closeTimeoutMs`. */
  async #withTimeout(promise: Promise<void> | undefined): Promise<void> {
    const timeout = new AbortController();
    const { closeTimeoutMs } = notificationDefaults;
    await Promise.race([
      promise?.catch(() => undefined).finally(() => timeout.abort()),
      sleep(closeTimeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
  }

  async #sendPending(): Promise<void> {
    while (this.#pending.size > 0) {
      const batch = this.#pending.take();
      try {
        await this.#send(batch);
      } catch (error) {
        if (isInvalidNotification(error)) continue;
        this.#pending.putBack(batch);
        setTimeout(() => this.#retryPending(), notificationDefaults.reconnectMs).unref();
        break;
      }
    }
    this.#sending = undefined;
  }

  #retryPending(): void {
    if (this.#pending.size > 0 && !this.#isClosed) this.#sending ??= this.#sendPending();
  }

  async #send({ channels, payloads }: NotificationBatch): Promise<void> {
    const client = this.#client;
    // Not before the echo: during a statement even a pooler delivers notifications to this connection.
    if (client !== undefined && this.#isReceiving) {
      try {
        await client.query(notifyText, [channels, payloads]);
        return;
      } catch (error) {
        if (isInvalidNotification(error)) throw error;
        if (isUnavailable(error)) this.#disconnected(client, error as Error);
      }
    }
    await this.#database.query({ name: 'notify', text: notifyText }, [channels, payloads]);
  }

  async #connect(): Promise<void> {
    const client = createClient({
      servers: this.#servers,
      applicationName: 'parley notifications',
      connectTimeoutMs: this.#options.connectTimeoutMs,
      queryTimeoutMs: this.#options.queryTimeoutMs ?? databaseDefaults.queryTimeoutMs,
    });
    this.#client = client;
    client.on('error', (error) => this.#disconnected(client, error));
    client.on('end', () => this.#disconnected(client));
    client.on('notification', ({ channel, payload = '' }) => this.#dispatch(channel, payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.#echoChannel}`);
      // Iterates over the live map, so that channels added meanwhile are included.
      for (const channel of this.#listeners.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.#disconnected(client, error as Error);
      return;
    }
    this.#isListening = true;
    for (const listener of this.#listeners.values()) listener.onConnect();
    void this.#checkEcho(client);
  }

  #dispatch(channel: string, payload: string): void {
    if (channel === this.#echoChannel) this.#onEcho?.();
    const listener = this.#listeners.get(channel);
    if (listener !== undefined) for (const line of payload.split(idSeparator)) listener.onMessage(line);
  }

  /** Sends an echo from a connection of the pool, checks that it arrives here, and schedules the next check. */
  async #checkEcho(client: pg.Client): Promise<void> {
    const wasReceiving = this.#isReceiving;
    let outcome = await this.#echo();
    // A pooler may have delivered the first one during a LISTEN.
    if (outcome === 'received' && !wasReceiving) outcome = await this.#echo();
    if (this.#client !== client || this.#isClosed) return;
    if (outcome === 'lost' && wasReceiving) {
      this.#disconnected(client, new Error('The connection for notifications no longer receives any.'));
      return;
    }
    this.#isReceiving = outcome === 'received' || (outcome === 'not sent' && wasReceiving);
    const { reconnectMs, echoIntervalMs } = notificationDefaults;
    const nextMs = outcome === 'not sent' ? reconnectMs : echoIntervalMs;
    this.#timer = setTimeout(() => void this.#checkEcho(client), nextMs);
  }

  async #echo(): Promise<'received' | 'lost' | 'not sent'> {
    const { promise: echo, resolve } = Promise.withResolvers<'received'>();
    this.#onEcho = () => resolve('received');
    try {
      await this.notify(this.#echoChannel, '');
    } catch {
      return 'not sent';
    }
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'lost'>((end) => {
      timer = setTimeout(() => end('lost'), notificationDefaults.echoTimeoutMs);
    });
    return Promise.race([echo, timeout]).finally(() => clearTimeout(timer));
  }

  #disconnected(client: pg.Client, error?: Error): void {
    if (this.#client !== client || this.#isClosed) return;
    this.#client = undefined;
    this.#isListening = false;
    this.#isReceiving = false;
    clearTimeout(this.#timer);
    if (error !== undefined) this.#options.onConnectionError?.(error);
    client.end().catch(() => undefined);
    this.#timer = setTimeout(() => void this.#connect(), notificationDefaults.reconnectMs);
  }
}

/** PostgreSQL refused the channel or the payload (SQLSTATE class 22, data exception), so a retry cannot succeed. */
function isInvalidNotification(error: unknown): boolean {
  return (error as { code?: string }).code?.startsWith('22') ?? false;
}
