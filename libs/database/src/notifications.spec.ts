import { Test, type TestingModule } from '@nestjs/testing';
import { createEmptyDatabase, type TestDatabase } from '../../../test/harness/test-database.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';
import { Notifications } from './notifications.js';

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

  const until = async (count: number): Promise<void> => {
    while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
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
    const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley notifications'
      AND datname = current_database()`;
    await app.get(Database).query({ name: 'kill', text });
    await until(2);
    await notifications.notify('news', 'again');
    await until(3);
    expect(heard).toEqual(['(connected)', '(connected)', 'again']);
    expect(broken.length).toBeGreaterThan(0);
  });
});
