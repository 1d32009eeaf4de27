import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DATABASE_OPTIONS, databaseDefaults, type DatabaseOptions } from './database-options.js';
import { Database } from './database.js';

/** Told of every message on a channel. */
export interface ChannelListener {
  /** What was said with NOTIFY. */
  message(payload: string): void;
  /** The connection is there, for the first time or again: what was said in between went unheard. */
  connected(): void;
}

/** How long until a broken connection is tried again, in ms. */
const reconnectMs = 1_000;

/**
 * PostgreSQL's LISTEN and NOTIFY, on a connection of its own that is made anew when it breaks. Nothing said while it is
 * broken is heard later: listeners catch up when they are told that it is connected. Behind a pooler that shares
 * connections between transactions nothing is heard at all.
 */
@Injectable()
export class Notifications implements OnApplicationShutdown {
  readonly #listeners = new Map<string, ChannelListener>();
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    @Inject(DATABASE_OPTIONS) private readonly options: DatabaseOptions,
    private readonly database: Database,
  ) {}

  /** @param channel a plain identifier */
  async listen(channel: string, listener: ChannelListener): Promise<void> {
    this.#listeners.set(channel, listener);
    if (this.#client === undefined) await this.#connect();
    else await this.#client.query(`LISTEN ${channel}`).then(() => listener.connected());
  }

  /** Says something to every listener of every process. At most 8,000 bytes. */
  async notify(channel: string, payload: string): Promise<void> {
    await this.database.query({ name: 'notify', text: 'SELECT pg_notify($1, $2)' }, [channel, payload]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: this.options.connectTimeoutMs ?? databaseDefaults.connectTimeoutMs,
      application_name: 'parley notifications',
      keepAlive: true,
    });
    this.#client = client;
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload = '' }) => this.#listeners.get(channel)?.message(payload));
    try {
      await client.connect();
      for (const channel of this.#listeners.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.#lost(client, error as Error);
      return;
    }
    for (const listener of this.#listeners.values()) listener.connected();
  }

  #lost(client: pg.Client, error?: Error): void {
    if (this.#client !== client || this.#isClosed) return;
    this.#client = undefined;
    if (error !== undefined) this.options.onConnectionError?.(error);
    client.end().catch(() => undefined);
    this.#timer = setTimeout(() => void this.#connect(), reconnectMs);
  }
}
