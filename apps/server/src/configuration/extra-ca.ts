import { X509Certificate } from 'node:crypto';

/**
 * Reads the certificates of a PEM file.
 *
 * @param read gives a file's text; throws if it cannot
 * @throws Error whose message says what is wrong, without anything of the file's content
 */
export function readExtraCa(path: string, read: (path: string) => string): string {
  const pem = textOf(path, read);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('has no certificate in PEM form');
  blocks.forEach((block, at) => {
    if (!isCertificate(block)) throw new Error(`has a certificate that cannot be read (number ${at + 1})`);
  });
  // The certificates alone: a private key in the same file stays where it is.
  return `${blocks.join('\n')}\n`;
}

function textOf(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new Error(`cannot be read${typeof code === 'string' ? ` (${code})` : ''}`, { cause });
  }
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
