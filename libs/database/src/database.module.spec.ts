import { ConsoleLogger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule, getRepositoryToken } from '@nestjs/typeorm';
import { DataSource, EntitySchema, type Repository } from 'typeorm';
import { createEmptyDatabase, queryOnce, type TestDatabase } from '#testing';
import { DatabaseUnavailableError } from './database-errors.js';
import { DatabaseModule } from './database.module.js';
import { Database } from './database.js';

interface Note {
  id: number;
  text: string;
}
const NoteEntity = new EntitySchema<Note>({
  name: 'note',
  columns: { id: { type: Number, primary: true }, text: { type: 'text' } },
});
const CONFIG = Symbol('CONFIG');

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
  await queryOnce(testDatabase.url, 'CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL)');
});
afterAll(() => testDatabase.drop());

describe('DatabaseModule', () => {
  it('provides repositories and raw statements over one pool to every module, and closes the pool', async () => {
    @Module({ providers: [{ provide: CONFIG, useFactory: () => testDatabase.url }], exports: [CONFIG] })
    class ConfigModule {}
    @Module({ imports: [TypeOrmModule.forFeature([NoteEntity])] })
    class NoteModule {}

    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRootAsync({
          imports: [ConfigModule],
          inject: [CONFIG],
          useFactory: (url: string) => ({ url, poolSize: 1 }),
          entities: [NoteEntity],
          migrations: [],
        }),
        NoteModule,
      ],
    }).compile();
    await module.init();

    const notes = module.get<Repository<Note>>(getRepositoryToken(NoteEntity), { strict: false });
    await notes.insert({ id: 1, text: 'from the repository' });
    const rows = await module
      .get(Database, { strict: false })
      .query({ name: 'notes', text: 'SELECT id, text FROM note' });
    expect(rows).toEqual([{ id: 1, text: 'from the repository' }]);

    const dataSource = module.get(DataSource, { strict: false });
    expect(dataSource.options).toMatchObject({ synchronize: false, migrationsRun: false, poolSize: 1 });
    await module.close();
    expect(dataSource.isInitialized).toBe(false);
  });

  it('accepts its options synchronously, too', async () => {
    const module = await Test.createTestingModule({
      imports: [DatabaseModule.forRoot({ url: testDatabase.url, entities: [], migrations: [] })],
    }).compile();
    await expect(module.get(Database, { strict: false }).ping(5_000)).resolves.toBeUndefined();
    await module.close();
  });

  it('fails the start when the database cannot be reached', async () => {
    const compiling = Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({
          url: 'postgres://parley@127.0.0.1:1/none',
          connectAttempts: 1,
          entities: [],
          migrations: [],
        }),
      ],
    })
      .setLogger(new ConsoleLogger({ logLevels: [] }))
      .compile();
    await expect(compiling).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });
});
