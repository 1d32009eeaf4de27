import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One call that `curl` made. */
export interface Call {
  method: string;
  /** With its query, without the host. */
  path: string;
  status: number;
}

/** `curl`, which also appends method, address and status of each call to a file. */
const recordingCurl = `#!/bin/sh
exec /usr/bin/env PATH="$REAL_PATH" curl -w '%{stderr}%{method} %{url_effective} %{http_code}\\n' "$@" 2>> "$CURL_LOG"
`;

/**
 * Runs scripts one after the other in one shell, as a reader who pastes them would.
 *
 * @param scripts Bash; `http://127.0.0.1:3001` in them becomes `url`
 * @returns for each script, what it printed and the calls that it made
 */
export async function runScripts(
  scripts: readonly string[],
  url: string,
): Promise<{ output: string; calls: Call[] }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-documents-'));
  try {
    await writeFile(join(folder, 'curl'), recordingCurl);
    await chmod(join(folder, 'curl'), 0o755);
    const separator = '=== next script ===';
    const whole = scripts
      .map(
        (script) =>
          `${script.replaceAll('http://127.0.0.1:3001', url)}\necho\necho '${separator}' | tee -a "$CURL_LOG"\n`,
      )
      .join('');
    const { PATH = '' } = process.env;
    const log = join(folder, 'calls');
    const shell = spawn('bash', ['-c', whole], {
      cwd: folder,
      env: { PATH: `${folder}:${PATH}`, REAL_PATH: PATH, CURL_LOG: log },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    shell.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    await once(shell, 'close');
    const outputs = printed.split(`${separator}\n`);
    const logs = (await readFile(log, 'utf8')).split(`${separator}\n`);
    return scripts.map((_, at) => ({ output: outputs[at]!, calls: readCalls(logs[at]!) }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function readCalls(log: string): Call[] {
  return [...log.matchAll(/^([A-Z]+) https?:\/\/[^/]+(\S+) (\d{3})$/gm)].map(([, method, path, status]) => ({
    method: method!,
    path: path!,
    status: Number(status),
  }));
}
