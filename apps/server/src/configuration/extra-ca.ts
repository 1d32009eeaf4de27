import { X509Certificate } from 'node:crypto';
import { fileText } from './file-text.js';

/**
 * Reads the certificates of a PEM file.
 *
 * @param read gives a file's text; throws if it cannot
 * @throws Error whose message says what is wrong, without anything of the file's content
 */
export function readExtraCa(path: string, read: (path: string) => string): string {
  const pem = fileText(path, read);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('has no certificate in PEM form');
  blocks.forEach((block, at) => {
    if (!isCertificate(block)) throw new Error(`has a certificate that cannot be read (number ${at + 1})`);
  });
  // The certificates alone: a private key in the same file stays where it is.
  return `${blocks.join('\n')}\n`;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
