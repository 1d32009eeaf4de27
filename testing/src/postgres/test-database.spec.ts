import { queryOnce } from './admin-connection.js';
import { createEmptyDatabase, createTestDatabase } from './test-database.js';

describe('createTestDatabase', () => {
  it('creates independent migrated databases, several at once', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, () => createTestDatabase()));
    try {
      expect(new Set(databases.map(({ url }) => url)).size).toBe(6);
      const [first, second] = databases;
      await queryOnce(first?.url ?? '', 'CREATE TABLE mine (id int)');
      expect(await queryOnce(second?.url ?? '', "SELECT to_regclass('mine') AS mine")).toEqual([
        { mine: null },
      ]);
      const migrated = await queryOnce(second?.url ?? '', 'SELECT count(*)::int AS count FROM migrations');
      expect(migrated[0]?.count).toBeGreaterThan(0);
    } finally {
      await Promise.all(databases.map((database) => database.drop()));
    }
  });

  it('may be dropped twice', async () => {
    const database = await createEmptyDatabase();
    await database.drop();
    await expect(database.drop()).resolves.toBeUndefined();
    await expect(queryOnce(database.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('createEmptyDatabase', () => {
  it('creates a database without tables', async () => {
    const database = await createEmptyDatabase();
    const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    expect(await queryOnce(database.url, tables)).toEqual([]);
    await database.drop();
  });
});
