import { setTimeout as sleep } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { createEmptyDatabase, queryOnce, type TestDatabase } from '#testing';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';
import { notificationDefaults, Notifications } from './notifications.js';

/** Real: PostgreSQL, which also ends connections. Nothing is mocked. */
describe('Notifications', () => {
  let database: TestDatabase;
  let app: TestingModule;
  let received: string[];
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
    received = [];
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const untilTrue = async (condition: () => boolean): Promise<void> => {
    const deadline = performance.now() + 15_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`timed out; received ${received.slice(-5).join()}`);
      await sleep(5);
    }
  };
  const untilReceived = (count: number): Promise<void> => untilTrue(() => received.length >= count);
  /** Ends all connections to this database. */
  const endConnections = (): Promise<unknown> => {
    const name = new URL(database.url).pathname.slice(1);
    const text = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`;
    return queryOnce(process.env.PARLEY_TEST_ADMIN_URL!, text);
  };
  const listener = {
    onMessage: (payload: string) => void received.push(payload),
    onConnect: () => void received.push('(connected)'),
  };

  it('delivers a notification to the listener of its channel only', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('runs', listener);
    await notifications.notify('other', 'not for us');
    await notifications.notify('runs', `it's here`);
    await untilReceived(2);
    expect(received).toEqual(['(connected)', `it's here`]);
  });

  it('reconnects when its connection breaks, and reports both', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('runs', listener);
    await endConnections();
    await untilReceived(2);
    await notifications.notify('runs', 'again');
    await untilReceived(3);
    expect(received).toEqual(['(connected)', '(connected)', 'again']);
    expect(broken.length).toBeGreaterThan(0);
  });

  it('delivers queued ids once each, many in one notification', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('runs', listener);
    const ids = Array.from({ length: 500 }, (_, at) => `id-${at}`);
    for (const id of [...ids, ...ids]) notifications.notifyLater('runs', id);
    await untilReceived(501);
    expect(received.slice(1)).toEqual(ids);
  });

  it('sends the ids queued during an outage when the database is available again', async () => {
    const notifications = app.get(Notifications);
    await notifications.listen('runs', listener);
    const name = new URL(database.url).pathname.slice(1);
    await queryOnce(process.env.PARLEY_TEST_ADMIN_URL!, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await endConnections();
    notifications.notifyLater('runs', 'kept');
    await sleep(200);
    await queryOnce(process.env.PARLEY_TEST_ADMIN_URL!, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await untilReceived(3);
    expect(received).toEqual(['(connected)', '(connected)', 'kept']);
  });

  it('is receiving once its echo arrives, and not while its connection is broken', async () => {
    const notifications = app.get(Notifications);
    expect(notifications.isReceiving).toBe(false);
    await notifications.listen('runs', listener);
    await untilTrue(() => notifications.isReceiving);
    await endConnections();
    await untilTrue(() => !notifications.isReceiving);
    await untilReceived(2);
    await untilTrue(() => notifications.isReceiving);
  });

  it('is not receiving when notifications do not arrive although LISTEN succeeded', async () => {
    const elsewhere = await createEmptyDatabase();
    // As behind a pooler: LISTEN succeeds on a connection that notifications do not reach.
    const unreached = new Notifications({ url: elsewhere.url }, app.get(Database));
    await unreached.listen('runs', listener);
    await sleep(notificationDefaults.echoTimeoutMs + 200);
    expect(received).toEqual(['(connected)']);
    expect(unreached.isReceiving).toBe(false);
    await unreached.onApplicationShutdown();
    await elsewhere.drop();
  });
});
