/** The values of libpq's `sslmode`, and pg's `no-verify`. */
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** Parameters about TLS that pg reads, or that change nothing here. */
const tlsParameters = new Set([
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'sslsni',
  'sslcompression',
]);

/** Describes the first mistake in the parameters of a database URL; undefined if there is none. Shows no value. */
export function queryMistake(parameters: URLSearchParams): string | undefined {
  const last = (name: string) => parameters.getAll(name).at(-1);
  const unknown = [...parameters.keys()].find(
    (name) => /^(require)?(ssl|tls)/i.test(name) && !tlsParameters.has(name),
  );
  if (unknown !== undefined) {
    return `has ${/^\w{1,40}$/.test(unknown) ? `the parameter ${unknown}` : 'a parameter about TLS'}, which Parley does not know: it reads ${[...tlsParameters].slice(0, 6).join(', ')}`;
  }
  const mode = last('sslmode');
  if (mode !== undefined && !sslModes.includes(mode)) {
    return `has an unknown sslmode: it must be one of ${sslModes.join(', ')}`;
  }
  const rootCertificate = last('sslrootcert') ?? '';
  if (mode === 'verify-ca' && (rootCertificate === '' || rootCertificate === 'system')) {
    return 'has sslmode=verify-ca without a file in sslrootcert: add sslrootcert=/path/to/ca.crt, or write sslmode=verify-full';
  }
  if (((last('sslcert') ?? '') === '') !== ((last('sslkey') ?? '') === '')) {
    return 'has only one of sslcert and sslkey: a client certificate needs both';
  }
  if (!['1', 'true', '0', 'false', 'no-verify'].includes(last('ssl') ?? '0')) {
    return 'has an unknown value of ssl: write sslmode instead';
  }
  if (!['postgres', 'direct'].includes(last('sslnegotiation') ?? 'postgres')) {
    return 'has an unknown sslnegotiation: it must be postgres or direct';
  }
  if (!['any', 'read-write', 'primary'].includes(last('target_session_attrs') ?? 'any')) {
    return 'has a target_session_attrs that Parley cannot work with: it writes, so it must be read-write, primary or any';
  }
  return undefined;
}

/**
 * The parameters in the form that pg reads. By default pg reads `prefer`, `require` and `verify-ca` as `verify-full`; a
 * parameter of pg makes it read `sslmode` as libpq does.
 * @param hosts how many hosts the URL has: with several, a server is used only if it accepts writes
 */
export function rewriteQuery(
  given: URLSearchParams,
  hosts: number,
): { rewritten: URLSearchParams; mustAcceptWrites: boolean; isTlsOptional: boolean } {
  const rewritten = new URLSearchParams(given);
  const target = given.getAll('target_session_attrs').at(-1) ?? 'any';
  rewritten.delete('target_session_attrs');
  rewritten.delete('load_balance_hosts');
  if (given.getAll('ssl').at(-1) === 'false') rewritten.set('ssl', '0');
  if (given.getAll('sslrootcert').at(-1) === 'system') rewritten.delete('sslrootcert');
  const mode = given.getAll('sslmode').at(-1);
  if (mode !== undefined) {
    rewritten.set('sslmode', mode === 'allow' ? 'prefer' : mode);
    if (mode === 'disable' || mode === 'no-verify') rewritten.delete('uselibpqcompat');
    else rewritten.set('uselibpqcompat', 'true');
  }
  return {
    rewritten,
    mustAcceptWrites: hosts > 1 || target !== 'any',
    isTlsOptional: mode === 'prefer' || mode === 'allow',
  };
}
