import { randomUUID } from 'node:crypto';
import { chatMigrations } from '#chat';
import { Database, migrate, rowSecurityState, SystemDatabase } from '#database';
import pg from 'pg';
import { createEmptyDatabase, queryOnce, type TestDatabase } from '#testing';
import { hasPgBouncer, PgBouncer } from '../harness/pg-bouncer.js';
import { Stack } from '../harness/stack.js';

const before = chatMigrations.findIndex(({ name }) => name.startsWith('SecureRows'));
const count = { name: 'count_messages', text: 'SELECT count(*)::integer AS count FROM messages' };

/** Real: PostgreSQL, users other than superusers, PgBouncer, and a database with rows from before row-level security. */
describe('row-level security for a PostgreSQL user', () => {
  let database: TestDatabase;
  let user: string;
  let pooler: PgBouncer | undefined;
  let stack: Stack | undefined;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    user = `user_${randomUUID().slice(0, 8)}`;
  });
  afterEach(async () => {
    await stack?.stop();
    await pooler?.stop();
    await database.drop();
    const roles = await queryOnce(
      adminUrl(),
      `SELECT rolname FROM pg_roles WHERE starts_with(rolname, '${user}')`,
    );
    for (const { rolname } of roles) await queryOnce(adminUrl(), `DROP ROLE IF EXISTS ${String(rolname)}`);
    stack = pooler = undefined;
  });

  const adminUrl = (): string => process.env.PARLEY_TEST_ADMIN_URL!;

  /** Returns the URL of a database owned by a new user with `rights`, with a conversation of each of two owners. */
  const filled = async (rights: string): Promise<string> => {
    await queryOnce(adminUrl(), `CREATE ROLE ${user} LOGIN PASSWORD 'secret' ${rights}`);
    const url = new URL(database.url);
    await queryOnce(adminUrl(), `ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${user}`);
    await queryOnce(database.url, `ALTER SCHEMA public OWNER TO ${user}`);
    [url.username, url.password] = [user, 'secret'];
    await migrate({ url: url.href, migrations: chatMigrations.slice(0, before) });
    await queryOnce(
      url.href,
      `INSERT INTO conversations (id, owner, next_seq) SELECT gen_random_uuid(), name, 2 FROM unnest('{local,bob}'::text[]) name;
       INSERT INTO messages (id, conversation_id, seq, role, content, status)
         SELECT gen_random_uuid(), id, 1, 'user', 'before', 'completed' FROM conversations;
       UPDATE conversations c SET leaf_id = m.id FROM messages m WHERE m.conversation_id = c.id`,
    );
    return url.href;
  };

  /** The row-level security on a connection of the server. */
  const stateOf = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('BEGIN');
      return await rowSecurityState(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
    } finally {
      await client.end();
    }
  };

  /** Starts a server on the database, and checks that it works and which rows its statements see. */
  const tryServer = async (url: string, environment: Record<string, string> = {}): Promise<void> => {
    stack = await Stack.start({ database: { url, drop: async () => undefined }, environment });
    const { status, body } = await stack.call('POST', '/api/chat', { message: 'hello' });
    expect(status).toBe(200);
    const again = { message: 'and now?', conversation_id: body.conversation_id };
    expect((await stack.call('POST', '/api/chat', again)).status).toBe(200);
    const { body: found } = await stack.call<{ data: unknown[] }>('GET', '/api/conversations?q=hello');
    expect(found.data).toHaveLength(1);
    const { body: list } = await stack.call<{ data: unknown[] }>('GET', '/api/conversations');
    expect(list.data).toHaveLength(2);
    expect((await stack.call('DELETE', `/api/conversations/${body.conversation_id as string}`)).status).toBe(
      204,
    );
    const rows = stack.get(Database);
    await expect(rows.forOwner('local').query(count)).resolves.toEqual([{ count: 1 }]);
    await expect(rows.forOwner('bob').query(count)).resolves.toEqual([{ count: 1 }]);
    await expect(rows.query(count)).resolves.toEqual([{ count: 0 }]);
    await expect(stack.get(SystemDatabase).query(count)).resolves.toEqual([{ count: 2 }]);
  };

  it('that may create roles: creates two roles, and has their rights only after switching to one', async () => {
    const url = await filled('CREATEROLE');
    await migrate({ url, migrations: chatMigrations });
    expect(await stateOf(url)).toEqual({ isActive: true, hasRoles: true });
    await expect(queryOnce(url, count.text)).resolves.toEqual([{ count: 0 }]);
    await tryServer(url);
  });

  it('that may not create roles: the policies apply to it as the owner of the tables', async () => {
    const url = await filled('');
    await migrate({ url, migrations: chatMigrations });
    expect(await stateOf(url)).toEqual({ isActive: true, hasRoles: false });
    await expect(queryOnce(url, count.text)).resolves.toEqual([{ count: 0 }]);
    await tryServer(url);
  });

  it('that may create roles later, or whose roles were lost in a restore: the next start repairs it', async () => {
    const url = await filled('');
    await migrate({ url, migrations: chatMigrations });
    await queryOnce(adminUrl(), `ALTER ROLE ${user} CREATEROLE`);
    await migrate({ url, migrations: chatMigrations, onRowSecurity: () => undefined });
    expect(await stateOf(url)).toEqual({ isActive: true, hasRoles: true });
    const roles = `${user}_parley_owner, ${user}_parley_system`;
    await queryOnce(database.url, `DROP OWNED BY ${roles}; DROP ROLE ${roles}`);
    await expect(stateOf(url)).rejects.toThrow(/role .* does not exist/);
    await migrate({ url, migrations: chatMigrations, onRowSecurity: () => undefined });
    expect(await stateOf(url)).toEqual({ isActive: true, hasRoles: true });
    await tryServer(url);
  });

  it('that bypasses policies and may not create roles: reports that nothing is protected', async () => {
    const url = await filled('BYPASSRLS');
    await migrate({ url, migrations: chatMigrations });
    expect(await stateOf(url)).toEqual({ isActive: false, hasRoles: false });
  });

  (hasPgBouncer ? it : it.skip)(
    'behind a PgBouncer that shares connections between transactions',
    async () => {
      await migrate({ url: database.url, migrations: chatMigrations.slice(0, before) });
      await queryOnce(
        database.url,
        `INSERT INTO conversations (id, owner, next_seq) SELECT gen_random_uuid(), name, 2 FROM unnest('{local,bob}'::text[]) name;
       INSERT INTO messages (id, conversation_id, seq, role, content, status)
         SELECT gen_random_uuid(), id, 1, 'user', 'before', 'completed' FROM conversations`,
      );
      pooler = await PgBouncer.start(database.url);
      await migrate({ url: pooler.url, migrations: chatMigrations });
      await tryServer(pooler.url, { DATABASE_PREPARED_STATEMENTS: 'false' });
      const owners = Array.from({ length: 60 }, (_, at) => ['local', 'bob', 'carl'][at % 3]!);
      const seen = await Promise.all(
        owners.map(async (owner) => {
          const own = { name: 'owners', text: 'SELECT DISTINCT owner FROM conversations' };
          const rows = await stack!.get(Database).forOwner(owner).query<{ owner: string }>(own);
          return rows.map((row) => row.owner).join();
        }),
      );
      expect(seen).toEqual(owners.map((owner) => (owner === 'carl' ? '' : owner)));
    },
  );
});
