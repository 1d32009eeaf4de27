import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDataFolder, packageRoot } from '#testing';
import { textOf } from '../documents/blocks.js';

/** Real: `npm start` as package.json has it, with the compiler, the build of the page and the server. */
describe('npm start', () => {
  it('says what it does and how long each step took, answers, and ends with 0 at Ctrl-C', async () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: { start: string } };
    const [program, script] = scripts.start.split(' ');
    expect([program, script]).toEqual(['node', 'apps/server/start.js']);
    const folder = await createDataFolder('start-');
    const { PATH = '', HOME = '' } = process.env;
    const starting = spawn(process.execPath, [join(packageRoot, script!)], {
      cwd: folder,
      env: { PATH, HOME, PORT: '0', DATA_DIRECTORY: join(folder, 'data') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    const ready = new Promise<void>((resolve) => {
      starting.stdout.on('data', (data: Buffer) => {
        output += data.toString();
        if (/^ {2}Ready after/m.test(output)) resolve();
      });
    });
    await Promise.race([ready, once(starting, 'exit')]);
    expect(output).toMatch(
      /^\[1\/3\] Compiling the server … \d+\.\d s\n\[2\/3\] Building the chat page … \d+\.\d s\n\[3\/3\] Starting/m,
    );
    const [, url] = /Try: {2}curl (\S+)\/api\/chat/.exec(output)!;
    expect((await fetch(url!)).headers.get('content-type')).toContain('text/html');
    starting.kill('SIGINT');
    expect(await once(starting, 'exit')).toEqual([0, null]);
    await rm(folder, { recursive: true });
  }, 300_000);
});
