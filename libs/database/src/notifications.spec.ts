import { setTimeout as sleep } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { runAsAdmin } from '../../../test/harness/admin-connection.js';
import { createEmptyDatabase, type TestDatabase } from '../../../test/harness/test-database.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';
import { notificationDefaults, Notifications } from './notifications.js';

/** Real: PostgreSQL, and a connection that it breaks. */
describe('Notifications', () => {
  let database: TestDatabase;
  let app: TestingModule;
  let heard: string[];
  const broken: string[] = [];

  beforeEach(async () => {
    database = await createEmptyDatabase();
    app = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({
          url: database.url,
          onConnectionError: ({ message }) => broken.push(message),
          entities: [],
          migrations: [],
        }),
      ],
    }).compile();
    heard = [];
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const untilTrue = async (condition: () => boolean): Promise<void> => {
    const giveUpAt = performance.now() + 15_000;
    while (!condition()) {
      if (performance.now() > giveUpAt) throw new Error(`in vain, having heard ${heard.slice(-5).join()}`);
      await sleep(5);
    }
  };
  const until = (count: number): Promise<void> => untilTrue(() => heard.length >= count);
  /** Of everybody to this database. */
  const endConnections = (): Promise<unknown> => {
    const name = new URL(database.url).pathname.slice(1);
    const text = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`;
    return runAsAdmin(process.env.PARLEY_TEST_ADMIN_URL!, text);
  };
  const listener = {
    message: (payload: string) => void heard.push(payload),
    connected: () => void heard.push('(connected)'),
  };

  it('carries messages to the listeners of a channel, and of no other', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('news', listener);
    await notifications.notify('other', 'not for us');
    await notifications.notify('news', `it's here`);
    await until(2);
    expect(heard).toEqual(['(connected)', `it's here`]);
  });

  it('comes back when its connection breaks, and says so', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('news', listener);
    await endConnections();
    await until(2);
    await notifications.notify('news', 'again');
    await until(3);
    expect(heard).toEqual(['(connected)', '(connected)', 'again']);
    expect(broken.length).toBeGreaterThan(0);
  });

  it('tells ids to every listener, each once, many in one notification', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('news', listener);
    const ids = Array.from({ length: 500 }, (_, at) => `id-${at}`);
    for (const id of [...ids, ...ids]) notifications.tell('news', id);
    await until(501);
    expect(heard.slice(1)).toEqual(ids);
  });

  it('tells when the database is back what it was told while it was away', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('news', listener);
    const name = new URL(database.url).pathname.slice(1);
    await runAsAdmin(process.env.PARLEY_TEST_ADMIN_URL!, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await endConnections();
    notifications.tell('news', 'kept');
    await sleep(200);
    await runAsAdmin(process.env.PARLEY_TEST_ADMIN_URL!, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await until(3);
    expect(heard).toEqual(['(connected)', '(connected)', 'kept']);
  });

  it('is heard when it hears its own echo, and not while its connection is broken', async () => {
    const notifications = app.get(Notifications);
    expect(notifications.isHeard).toBe(false);
    await notifications.listen('news', listener);
    await untilTrue(() => notifications.isHeard);
    await endConnections();
    await untilTrue(() => !notifications.isHeard);
    await until(2);
    await untilTrue(() => notifications.isHeard);
  });

  it('is not heard when what others say does not come, whatever LISTEN answers', async () => {
    const elsewhere = await createEmptyDatabase();
    // As behind a pooler: LISTEN succeeds, on a connection that notifications do not reach.
    const deaf = new Notifications({ url: elsewhere.url }, app.get(Database));
    await deaf.listen('news', listener);
    await sleep(notificationDefaults.echoTimeoutMs + 200);
    expect(heard).toEqual(['(connected)']);
    expect(deaf.isHeard).toBe(false);
    await deaf.onApplicationShutdown();
    await elsewhere.drop();
  });
});
