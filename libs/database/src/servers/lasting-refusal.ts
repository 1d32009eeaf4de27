import { ForeignProtocolError } from './foreign-protocol.js';
import { NoWritableServerError } from './postgres-servers.js';

/**
 * SQLSTATEs of errors of connecting that only the operator can end: the login (28), the database (3D000), a right (42501), the
 * schema (3F000).
 */
const lastingStates = /^(28...|3D000|42501|3F000)$/;

/** Node's codes for certificates that are not accepted, and for TLS that fails. */
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET|VERIFY)_|HOSTNAME_MISMATCH)/;

/** Messages of pg, which have no code, about TLS and passwords. */
const lastingMessages = [
  /^The server does not support SSL connections$/,
  /^There was an error establishing an SSL connection$/,
  /^SASL: /,
];

/**
 * Whether an error of connecting lasts until the configuration or the server is changed, so that the start of a process need not
 * be repeated. A running process connects again all the same.
 */
export function isLastingRefusal(error: unknown): boolean {
  return chainOf(error).some((at) => {
    const { code = '', message = '' } = at;
    if (at instanceof NoWritableServerError)
      return at.reasons.every(({ reason }) => isLastingRefusal(reason));
    if (at instanceof ForeignProtocolError) return true;
    return (
      lastingStates.test(code) || tlsCodes.test(code) || lastingMessages.some((known) => known.test(message))
    );
  });
}

/** Whether the code of an error is one of Node's about TLS or certificates. */
export function isTlsCode(code: string): boolean {
  return tlsCodes.test(code);
}

/** An error and the errors that it wraps, outermost first. */
export function chainOf(error: unknown): (Error & { code?: string })[] {
  const chain: (Error & { code?: string })[] = [];
  for (let at = error; typeof at === 'object' && at !== null && chain.length < 10;) {
    chain.push(at as Error);
    const { driverError, cause } = at as { driverError?: unknown; cause?: unknown };
    at = driverError ?? cause;
  }
  return chain;
}
