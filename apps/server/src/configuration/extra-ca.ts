import { X509Certificate } from 'node:crypto';
import { fileText } from './file-text.js';

/**
 * Reads the certificates of a PEM file.
 * @param read returns the text of a file; throws if it cannot be read
 * @throws Error whose message continues "the file", and shows nothing of its content
 */
export function readExtraCa(path: string, read: (path: string) => string): string {
  const pem = fileText(path, read);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('has no certificate in PEM form');
  blocks.forEach((block, at) => {
    if (!isCertificate(block)) throw new Error(`has a certificate that cannot be read (number ${at + 1})`);
  });
  // Only the certificates: a private key in the same file is ignored.
  return `${blocks.join('\n')}\n`;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
