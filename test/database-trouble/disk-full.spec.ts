import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Arena } from './arena.js';
import { Callers } from './callers.js';
import { expectNothingLeaked, expectNothingLost, expectStored, expectTimelyProblems } from './held.js';
import { LongAnswer } from './long-answer.js';

const run = promisify(execFile);

/** A small file system of its own; undefined where this system lets nobody make one. */
async function smallDisk(megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-small-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
}

const diskMegabytes = 16;
const disk = await smallDisk(diskMegabytes);
if (disk === undefined) process.stderr.write('Skipped: a full disk; only root can mount a small one.\n');

/** Real: the server, PostgreSQL, the full file system that its tables are on, HTTP. Mocked: the LLM. */
(disk === undefined ? describe.skip : describe)('a database whose disk is full', () => {
  let arena: Arena;
  const filler = join(disk ?? '', 'filler');

  beforeAll(async () => {
    arena = await Arena.start({ behavior: { reply: 'Hello.' } });
  });
  afterAll(async () => {
    await arena.stop();
    await run('umount', [disk!]);
    await rm(disk!, { recursive: true });
  });

  it('refuses what does not fit, keeps what is acknowledged, and goes on when there is room', async () => {
    await arena.postgres.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await arena.postgres.query('ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE small');
    await arena.postgres.query('ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE small');
    const answer = await LongAnswer.begin(arena.stack, 3);
    const callers = await Callers.start(arena.stack, 6);
    await callers.more(20);

    await expect(writeFile(filler, Buffer.alloc(diskMegabytes * 2 ** 20))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    await callers.refused();
    expect(await arena.stack.call('GET', '/api/conversations')).toMatchObject({ status: 200 });

    await rm(filler);
    await callers.more(20);
    await callers.stop();
    expectTimelyProblems(callers.refusals);
    await expectNothingLost(arena, callers);
    await expectStored(arena, answer);
    await expectNothingLeaked(arena, 10);
  }, 60_000);
});
