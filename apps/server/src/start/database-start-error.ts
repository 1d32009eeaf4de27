import {
  chainOf,
  DatabaseEncodingError,
  type DatabaseUrl,
  ForeignProtocolError,
  isTlsCode,
  isUnavailable,
  MigrationLockTimeoutError,
  pooledStatementsHint,
  PreparedStatementsError,
} from '#database';

/** What is known about an error of the database. */
interface Cause {
  /** The SQLSTATE, or Node's code; empty if there is none. */
  code: string;
  /** The message of PostgreSQL or Node, without a full stop at its end. */
  message: string;
  url: DatabaseUrl;
  /** `PostgreSQL at`, and its hosts. */
  name: string;
}

/** Rules for errors, the first that returns a sentence applies. */
const rules: readonly ((cause: Cause) => string | undefined)[] = [
  certificateSentence,
  tlsSentence,
  loginSentence,
  rightSentence,
  stateSentence,
];

/**
 * Says in one sentence why the start failed because of the database, and what to do about it.
 * @returns undefined if the database did not cause the error
 */
export function databaseStartError(error: unknown, url: DatabaseUrl): string | undefined {
  const chain = chainOf(error);
  const hosts = url.servers.map((server) => server.name).join(', ');
  const name = `PostgreSQL at ${hosts}`;
  const own = chain.find(
    (at) => at instanceof DatabaseEncodingError || at instanceof MigrationLockTimeoutError,
  );
  if (own instanceof DatabaseEncodingError) {
    return `${own.message} Create a database with CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`;
  }
  if (own !== undefined) return `${own.message} See pg_stat_activity for what holds its locks.`;
  if (chain.some((at) => at instanceof PreparedStatementsError)) {
    return `${name} is behind a pooler. ${pooledStatementsHint}.`;
  }
  if (chain.some((at) => at instanceof ForeignProtocolError)) {
    return `What listens at ${hosts} does not speak PostgreSQL's protocol: see the host and the port of DATABASE_URL.`;
  }
  const innermost = chain.at(-1);
  if (innermost === undefined) return undefined;
  const { code = '', message } = innermost;
  const cause = { code, message: message.replace(/\.$/, ''), url, name };
  for (const rule of rules) {
    const sentence = rule(cause);
    if (sentence !== undefined) return sentence;
  }
  if (isUnavailable(error)) {
    return `The database cannot be reached (${/^E[A-Z]+$/.test(code) ? code : cause.message}): see DATABASE_URL.`;
  }
  if (/^[0-9A-Z]{5}$/.test(code))
    return `${name} refused a statement of the start: ${cause.message} (SQLSTATE ${code}).`;
  return undefined;
}

function certificateSentence({ code, name, message }: Cause): string | undefined {
  switch (code) {
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `The certificate of ${name} is not signed by an authority that Node knows (${code}): add sslrootcert=/path/to/ca.crt to DATABASE_URL, or set NODE_EXTRA_CA_CERTS.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return `The certificate of ${name} is for another host name (${code}): write a name of the certificate in DATABASE_URL, or sslmode=verify-ca with sslrootcert.`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${name} is not valid now (${code}): renew it, or correct the clock.`;
    default:
      return isTlsCode(code) ? `TLS with ${name} fails (${code}): ${message}.` : undefined;
  }
}

function tlsSentence({ message, name }: Cause): string | undefined {
  if (message === 'The server does not support SSL connections') {
    return `${name} has no TLS, and DATABASE_URL asks for it: set ssl=on in postgresql.conf, or write sslmode=disable.`;
  }
  return message === 'There was an error establishing an SSL connection'
    ? `${name} refused TLS: see the host and the port of DATABASE_URL.`
    : undefined;
}

function loginSentence({ code, message, name, url }: Cause): string | undefined {
  if (message.startsWith('SASL: ') || code === '28P01') {
    return `${name} does not accept the password of DATABASE_URL for the user ${JSON.stringify(url.user)}: ${message}.`;
  }
  if (code.startsWith('28')) {
    const tls = /no encryption|SSL off/.test(message)
      ? '; if the server demands TLS, add sslmode=require'
      : '';
    return `${name} refuses the login of DATABASE_URL: ${message}${tls}.`;
  }
  return code === '3D000'
    ? `${name} has no database ${JSON.stringify(url.database)}: create it with CREATE DATABASE, or correct DATABASE_URL.`
    : undefined;
}

function rightSentence({ code, message, name, url }: Cause): string | undefined {
  const user = JSON.stringify(url.user);
  if (code === '42501') {
    const [, schema] = /permission denied for schema (.+)$/.exec(message) ?? [];
    const remedy =
      schema === undefined ? 'give it that right' : `GRANT CREATE, USAGE ON SCHEMA ${schema} TO ${user}`;
    return `The user ${user} lacks a right in ${database(url)} of ${name}: ${message}; ${remedy}, or let it own the database.`;
  }
  if (code === '3F000') {
    return `The user ${user} has no schema in ${database(url)} of ${name}: ${message}; see its search_path.`;
  }
  return code === '42P07'
    ? `The ${database(url)} of ${name} has tables of another program: ${message}. Name a database of its own in DATABASE_URL.`
    : undefined;
}

function stateSentence({ code, message, name }: Cause): string | undefined {
  switch (code) {
    case '25006':
      return `${name} is read-only (${message}): DATABASE_URL must lead to a server that accepts writes; with a standby, list all hosts in it.`;
    case '53300':
      return `${name} has no free connection: ${message}.`;
    case '55000':
      return `${name} accepts no connections: ${message}.`;
    default:
      return undefined;
  }
}

function database({ database: name }: DatabaseUrl): string {
  return `database ${JSON.stringify(name)}`;
}
