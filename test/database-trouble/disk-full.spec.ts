import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackWithPostgres } from './stack-with-postgres.js';
import { Callers } from './callers.js';
import {
  expectNothingLeaked,
  expectNothingLost,
  expectStored,
  expectTimelyProblems,
} from './expectations.js';
import { LongAnswer } from './long-answer.js';

const run = promisify(execFile);

/** Mounts a small file system; undefined if the user may not. */
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
if (disk === undefined)
  process.stderr.write('Skipped: a full disk, as only root can mount a small file system.\n');

/** Real: the server, PostgreSQL, the full file system of its tables, HTTP. Mocked: the LLM. */
(disk === undefined ? describe.skip : describe)('a database whose disk is full', () => {
  let system: StackWithPostgres;
  const filler = join(disk ?? '', 'filler');

  beforeAll(async () => {
    system = await StackWithPostgres.start({ behavior: { reply: 'Hello.' } });
  });
  afterAll(async () => {
    await system.stop();
    await run('umount', [disk!]);
    await rm(disk!, { recursive: true });
  });

  it('rejects new messages, keeps acknowledged ones, and recovers when there is space', async () => {
    await system.postgres.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await system.postgres.query('ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE small');
    await system.postgres.query('ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE small');
    const answer = await LongAnswer.start(system.stack, 3);
    const callers = await Callers.start(system.stack, 6);
    await callers.untilAcknowledged(20);

    await expect(writeFile(filler, Buffer.alloc(diskMegabytes * 2 ** 20))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    await callers.untilRejected();
    expect(await system.stack.call('GET', '/api/conversations')).toMatchObject({ status: 200 });

    await rm(filler);
    await callers.untilAcknowledged(20);
    await callers.stop();
    expectTimelyProblems(callers.rejections);
    await expectNothingLost(system, callers);
    await expectStored(system, answer);
    await expectNothingLeaked(system, 10);
  }, 60_000);
});
