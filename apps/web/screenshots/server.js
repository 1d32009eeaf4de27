import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { MockLlm } from '../../../dist/apps/mock-llm/src/index.js';

/** Starts a server of the project at `root` with a mock LLM and an empty database. */
export async function startServer(root) {
  const data = mkdtempSync(`${tmpdir()}/parley-screenshots-`);
  const llm = await MockLlm.start();
  const server = spawn(process.execPath, ['dist/apps/server/src/demo.js'], {
    cwd: root,
    env: { ...process.env, PORT: '0', DATA_DIRECTORY: data, LLM_WEBSOCKET_URL: llm.url, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(server);
  const stop = async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    await llm.stop();
    rmSync(data, { recursive: true, force: true });
  };
  return { url, llm, stop };
}

/** Reads the server's URL from its output. It keeps reading, because a closed pipe would end the server. */
function addressOf(server) {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout.setEncoding('utf8').on('data', (data) => {
      output += data;
      const url = /Parley\s+(http:\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    server.once('exit', () => reject(new Error(`The server did not start: ${output}`)));
  });
}
