/** The platform and the effective user id of the process (undefined on Windows). */
export interface LaunchContext {
  platform: NodeJS.Platform;
  uid: number | undefined;
}

/** A program and its arguments, as for `spawn`. */
export interface Command {
  file: string;
  args: string[];
}

/** The user id that PostgreSQL has inside the namespace. Its files belong to root, to which the namespace maps the id. */
const UNPRIVILEGED_ID = 65534;

/**
 * Wraps a PostgreSQL program so that it ends with the process that started it, and so that root can run it.
 *
 * - root on Linux: PostgreSQL refuses uid 0, so it runs in a user namespace with another id. When the parent ends, the
 *   kernel kills `unshare`, which sends SIGINT (fast shutdown) to the server inside.
 * - other users on Linux: the kernel sends SIGINT to the server when its parent ends.
 * - other platforms: unchanged, as they have no parent death signal.
 */
export function launchCommand(context: LaunchContext, program: string, args: readonly string[]): Command {
  if (context.platform !== 'linux') return { file: program, args: [...args] };
  if (context.uid !== 0) {
    return { file: 'setpriv', args: ['--pdeathsig', 'INT', program, ...args] };
  }
  return {
    file: 'setpriv',
    args: [
      '--pdeathsig',
      'KILL',
      'unshare',
      '-U',
      `--map-user=${UNPRIVILEGED_ID}`,
      `--map-group=${UNPRIVILEGED_ID}`,
      '--kill-child=INT',
      program,
      ...args,
    ],
  };
}

/** Whether the output of a launch is an error of `unshare` that it may not create a user namespace. */
export function isNamespaceError(output: string): boolean {
  return /^unshare: .*(unshare failed|uid_map|gid_map|setgroups)/m.test(output);
}

/** Whether the output of a launch is an error that root, without its privileges, may not enter another user's folder. */
export function isFolderPermissionError(output: string): boolean {
  return /^unshare: failed to execute .*: Permission denied$/m.test(output);
}
