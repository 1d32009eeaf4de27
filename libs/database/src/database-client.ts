import pg from 'pg';

/**
 * pg's client, except that it is over when it has given a statement up: the answer may still come, or never, and
 * whoever borrowed the connection next would wait behind it. TypeORM gives such a connection back as if it were good.
 */
export class DatabaseClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    const guarded = (...given: unknown[]): unknown => {
      const running = query(...given);
      if (running instanceof Promise) {
        running.catch((error: Error) => {
          if (error.message === 'Query read timeout') this.end().catch(() => undefined);
        });
      }
      return running;
    };
    this.query = guarded as typeof this.query;
  }
}
