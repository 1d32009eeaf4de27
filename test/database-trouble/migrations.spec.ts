import { chatMigrations } from '#chat';
import { createEmptyDatabase, Program, queryOnce } from '#testing';
import { usesBuild } from '../harness/build.js';

const processes = 8;
/** The long form: MIGRATION_ROUNDS=20. */
const rounds = Number(process.env.MIGRATION_ROUNDS ?? 2);

/** Real: independent processes, and PostgreSQL. */
describe('npm run migrate', () => {
  usesBuild();

  it(
    `applies each migration once when ${processes} processes start on an empty database, ${rounds} times`,
    async () => {
      const names = chatMigrations.map(({ name }) => name);
      for (let round = 0; round < rounds; round += 1) {
        const database = await createEmptyDatabase();
        try {
          const applied = await Promise.all(
            Array.from({ length: processes }, () => migrationsAppliedBy(database.url)),
          );
          expect(applied.flat().sort()).toEqual([...names].sort());
          const rows = await queryOnce(database.url, 'SELECT name FROM migrations ORDER BY id');
          expect(rows.map(({ name }) => name)).toEqual(names);
        } finally {
          await database.drop();
        }
      }
    },
    60_000 + rounds * 60_000,
  );
});

/** The migrations that one process reports as applied. */
async function migrationsAppliedBy(url: string): Promise<string[]> {
  const environment = { NODE_ENV: 'test', LOG_FORMAT: 'json', LOG_LEVEL: 'info', DATABASE_URL: url };
  const migrating = new Program('apps/server/src/migrate', environment);
  const ending = await migrating.ended;
  if (ending.code !== 0) throw new Error(`ended with ${JSON.stringify(ending)}: ${migrating.output}`);
  const said = migrating.output
    .split('\n')
    .filter((line) => line.includes('"migrations"'))
    .map((line) => JSON.parse(line) as { migrations: string[] });
  expect(said).toHaveLength(1);
  return said[0]!.migrations;
}
