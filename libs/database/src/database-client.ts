import pg from 'pg';

/**
 * pg's client, except that it is over when it has given a statement up: the answer may still come, or never, and
 * whoever borrowed the connection next would wait behind it. TypeORM gives such a connection back as if it were good.
 *
 * And its errors never go unheard, which would end the process: a server that ends a connection in the moment in which it
 * is ready finds neither the pool listening any more nor yet whoever borrows it. A broken connection refuses every
 * statement, so nothing is missed.
 */
export class DatabaseClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
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
