/** The settings for the command line of `postgres`. */
export interface ServerSettings {
  dataDirectory: string;
  port: number;
  durable: boolean;
  settings: Readonly<Record<string, string | number>>;
}

/** The arguments of `postgres`: TCP on loopback only, no Unix socket, whose path may be too long or not writable. */
export function serverArguments(server: ServerSettings): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(server.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...server.settings,
  };
  return [
    '-D',
    server.dataDirectory,
    '-p',
    String(server.port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** The arguments of `initdb`. The built-in collation makes the sort order the same on every machine. */
export function initdbArguments(options: {
  directory: string;
  passwordFile: string;
  durable: boolean;
}): string[] {
  return [
    '--pgdata',
    options.directory,
    `--username=${SUPERUSER}`,
    `--pwfile=${options.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(options.durable ? [] : ['--no-sync']),
  ];
}

/** The name of the superuser that initdb creates. */
export const SUPERUSER = 'parley';

/** The database that initdb creates, which contains the tables. */
export const DATABASE = 'postgres';
