import { spawn } from 'node:child_process';
import { geteuid, platform } from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { PostgresStartError } from './errors.js';
import { launchCommand } from './launch-command.js';
import { serverEnvironment } from './server-environment.js';
import type { ServerLog } from './server-log.js';

/** How a process ended. `description` is "exit code 1", "signal SIGKILL", or the reason why it could not be started. */
export interface ProcessExit {
  ok: boolean;
  description: string;
}

/** A PostgreSQL program in its own session, so that Ctrl-C in the terminal does not reach it. */
export interface LaunchedProcess {
  /** Resolves (never rejects) when the process has exited or could not be started. */
  exited: Promise<ProcessExit>;
  hasExited: () => boolean;
  /** Sends a signal to the process group; has no effect after it has exited. */
  kill: (signal: NodeJS.Signals) => void;
  /** `ref` (initially) keeps the event loop of this process alive while the program runs, `unref` does not. */
  ref: () => void;
  unref: () => void;
}

/** Starts a PostgreSQL program that writes its output to the log. @throws PostgresStartError outside of the main thread */
export function launch(program: string, args: readonly string[], log: ServerLog): LaunchedProcess {
  if (!isMainThread) {
    // The parent death signal is bound to the thread that started the server.
    throw new PostgresStartError('The embedded PostgreSQL must be started from the main thread.');
  }
  const command = launchCommand({ platform, uid: geteuid?.() }, program, args);
  const child = spawn(command.file, command.args, {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.fd, log.fd],
    // eslint-disable-next-line no-restricted-properties -- not configuration: the child needs PATH
    env: serverEnvironment(process.env),
  });
  let ended = false;
  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (exit: ProcessExit) => {
      ended = true;
      resolve(exit);
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
