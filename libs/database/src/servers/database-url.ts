import { queryMistake, rewriteQuery } from './url-parameters.js';

/** One server of a database URL. */
export interface ServerUrl {
  /** The URL of this server alone, in the form that pg reads. A secret: it contains the password. */
  url: string;
  /** Host and port as the URL has them, for messages. */
  name: string;
}

/** A database URL, taken apart. */
export interface DatabaseUrl {
  /** At least one; in the order of the URL. */
  servers: readonly ServerUrl[];
  /** Whether a server is used only if it accepts writes. */
  mustAcceptWrites: boolean;
  /** Whether a server without TLS is used without TLS: `sslmode=prefer` or `allow`. */
  isTlsOptional: boolean;
  /** Without the password, for messages. Empty if the URL has none. */
  user: string;
  database: string;
}

/** A database URL that cannot be used. The message continues "DATABASE_URL" and shows nothing of its secrets. */
export class DatabaseUrlError extends Error {
  readonly code = 'invalid_database_url';
  readonly retryable = false;

  constructor(mistake: string) {
    super(mistake);
    this.name = new.target.name;
  }
}

/** Upper bound of servers in one URL: each is asked at every search. */
const maxServers = 10;

const notValid =
  'is not a valid address; write special characters of its password percent-encoded (@ as %40, % as %25, / as %2F)';

/**
 * Takes a URL apart that may have several hosts, as libpq reads it: `postgres://user:password@host1:5432,host2/name`, or with
 * lists in the parameters `host` and `port`. Rewrites what pg reads in another way than libpq (`sslmode`).
 * @throws DatabaseUrlError
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const [scheme = '', rest = ''] = splitAt(text, '://');
  if (!/^postgres(ql)?$/i.test(scheme))
    throw new DatabaseUrlError('must start with postgres:// or postgresql://');
  const [address, query] = splitAt(splitAt(rest, '#')[0], '?');
  const [authority, database] = splitAt(address, '/');
  const path = address.slice(authority.length);
  const at = authority.lastIndexOf('@') + 1;
  const userInfo = authority.slice(0, at);
  const parameters = new URLSearchParams(query);
  const hosts = hostsOf(authority.slice(at), parameters);
  const mistake = queryMistake(parameters);
  const { rewritten, mustAcceptWrites, isTlsOptional } = rewriteQuery(parameters, hosts.length);
  const servers = hosts.map(({ host, parameter }) => {
    for (const [name, value] of Object.entries(parameter)) rewritten.set(name, value);
    const unchanged = hosts.length === 1 && rewritten.toString() === new URLSearchParams(query).toString();
    const suffix = unchanged ? query : rewritten.toString();
    return {
      url: `${scheme}://${userInfo}${host}${path}${suffix && `?${suffix}`}`,
      name: nameOf(host, parameter),
    };
  });
  const parts = servers.map(({ url }) => URL.parse(url));
  const first = parts[0] ?? null;
  if (first === null || !parts.every(isDecodable)) throw new DatabaseUrlError(notValid);
  if (mistake !== undefined) throw new DatabaseUrlError(mistake);
  return {
    servers,
    mustAcceptWrites,
    isTlsOptional,
    user: rewritten.get('user') ?? decodeURIComponent(first.username),
    database: decodeURIComponent(database),
  };
}

/** The text before the first separator, and the text after it. */
function splitAt(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function nameOf(host: string, parameter: HostOfUrl['parameter']): string {
  if (parameter.host === undefined) return host || 'localhost';
  return parameter.port === undefined ? parameter.host : `${parameter.host}:${parameter.port}`;
}

/** A host as it stands in the URL, or `host` and `port` for the parameters of the URL. */
interface HostOfUrl {
  host: string;
  parameter: { host?: string; port?: string };
}

function hostsOf(text: string, parameters: URLSearchParams): HostOfUrl[] {
  const inParameter = parameters.getAll('host').at(-1) ?? '';
  const list = (inParameter === '' ? text : inParameter).split(',');
  if (list.length > 1 && list.includes(''))
    throw new DatabaseUrlError('has an empty entry in its list of hosts');
  if (list.length > maxServers) throw new DatabaseUrlError(`has more than ${maxServers} hosts`);
  if (inParameter === '') return list.map((host) => ({ host, parameter: {} }));
  const ports = (parameters.getAll('port').at(-1) ?? '').split(',');
  if (ports.length !== 1 && ports.length !== list.length)
    throw new DatabaseUrlError('has lists of different lengths in its parameters host and port');
  // The host of the URL itself stays, as pg takes its path for a part of a socket's path.
  return list.map((host, index) => ({
    host: text,
    parameter: { host, ...(ports[0] === '' ? {} : { port: ports[index] ?? ports[0]! }) },
  }));
}

function isDecodable(url: URL | null): boolean {
  if (url === null) return false;
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
