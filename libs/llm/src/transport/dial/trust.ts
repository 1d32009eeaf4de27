import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * What `wss:` trusts: Node's roots, the system's, and one more authority of your own. Made once: parsing the
 * certificates at every connect would take longer than the connect.
 * @param extraCa one or more certificates in PEM
 */
export function systemTrust(extraCa?: string): SecureContext {
  const ca = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  if (extraCa !== undefined) ca.add(extraCa);
  return createSecureContext({ ca: [...ca] });
}
