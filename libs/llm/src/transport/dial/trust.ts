import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * Trusted certificate authorities for `wss:`: those of Node, those of the system, and `extraCa`. Create it once: parsing
 * the certificates takes longer than a connect.
 * @param extraCa one or more certificates in PEM
 */
export function systemTrust(extraCa?: string): SecureContext {
  const ca = new Set([...getCACertificates('default'), ...getCACertificates('system')]);
  if (extraCa !== undefined) ca.add(extraCa);
  return createSecureContext({ ca: [...ca] });
}
