import { spawn } from 'node:child_process';
import { geteuid, platform } from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { PostgresStartError } from './errors.js';
import { launchCommand } from './launch-command.js';
import { serverEnvironment } from './server-environment.js';
import type { ServerLog } from './server-log.js';

/** How a process ended. `description` is "exit code 1", "signal SIGKILL" or why it could not be started. */
export interface Ending {
  ok: boolean;
  description: string;
}

/** A PostgreSQL program in a session of its own, out of reach of the terminal's Ctrl-C. */
export interface LaunchedProcess {
  /** Resolves, never rejects, when the process is gone or could not be started. */
  exited: Promise<Ending>;
  hasExited: () => boolean;
  /** Signals the whole process group; does nothing once it is gone. */
  kill: (signal: NodeJS.Signals) => void;
  /** Whether the process keeps our event loop alive. It does at first. */
  ref: () => void;
  unref: () => void;
}

/** Starts a PostgreSQL program with its output going to the log. @throws PostgresStartError off the main thread. */
export function launch(program: string, args: readonly string[], log: ServerLog): LaunchedProcess {
  if (!isMainThread) {
    // The kernel ends the server with the thread that started it, not with the process.
    throw new PostgresStartError('The embedded PostgreSQL must be started from the main thread.');
  }
  const command = launchCommand({ platform, uid: geteuid?.() }, program, args);
  const child = spawn(command.file, command.args, {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.fd, log.fd],
    // eslint-disable-next-line no-restricted-properties -- not configuration: a child needs a PATH
    env: serverEnvironment(process.env),
  });
  let ended = false;
  const exited = new Promise<Ending>((resolve) => {
    const end = (ending: Ending) => {
      ended = true;
      resolve(ending);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' && command.file !== program;
      const hint = missing
        ? `${command.file} (of util-linux) is not installed; install it or set DATABASE_URL to a PostgreSQL server of your own`
        : error.message;
      end({ ok: false, description: hint });
    });
    child.once('exit', (code, signal) => {
      end({ ok: code === 0, description: signal ? `signal ${signal}` : `exit code ${code}` });
    });
  });
  return {
    exited,
    hasExited: () => ended,
    kill: (signal) => {
      if (ended || child.pid === undefined) return;
      try {
        if (platform === 'win32') child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
    ref: () => child.ref(),
    unref: () => child.unref(),
  };
}
