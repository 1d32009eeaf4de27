/** Who is asking: `process.platform` and the effective user id (undefined where there is none, on Windows). */
export interface Launcher {
  platform: NodeJS.Platform;
  uid: number | undefined;
}

/** A program and its arguments, ready for spawn. */
export interface Command {
  file: string;
  args: string[];
}

/** The id that root's PostgreSQL sees itself as. On disk everything stays root's: the namespace maps one onto the other. */
const UNPRIVILEGED_ID = 65534;

/**
 * Wraps a PostgreSQL program so that it ends with the process that started it, and so that root may run it.
 *
 * - root on Linux: PostgreSQL refuses uid 0, so it gets a user namespace in which it is nobody. The parent's death kills
 *   `unshare`, whose death in turn interrupts (fast shutdown) the server inside.
 * - another user on Linux: the kernel interrupts the server when its parent dies.
 * - elsewhere: plain. The kernel has no such service there.
 */
export function launchCommand(launcher: Launcher, program: string, args: readonly string[]): Command {
  if (launcher.platform !== 'linux') return { file: program, args: [...args] };
  if (launcher.uid !== 0) {
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

/** True if the text that a launch left behind is `unshare` saying that it may not make a user namespace. */
export function saysNamespacesForbidden(output: string): boolean {
  return /^unshare: .*(unshare failed|uid_map|gid_map|setgroups)/m.test(output);
}

/** True if root, stripped of its privileges for PostgreSQL, could not enter a folder of another user. */
export function saysFolderForbidden(output: string): boolean {
  return /^unshare: failed to execute .*: Permission denied$/m.test(output);
}
