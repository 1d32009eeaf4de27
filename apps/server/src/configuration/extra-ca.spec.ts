import { rootCertificates } from 'node:tls';
import { readExtraCa } from './extra-ca.js';

const [first, second] = rootCertificates as readonly [string, string];
const certificate = (pem: string) => `${pem.trim()}\n`;

describe('readExtraCa', () => {
  it('reads one certificate or several', () => {
    expect(readExtraCa('ca.pem', () => first)).toBe(certificate(first));
    const both = `# ours\n${certificate(first)}\n\n${certificate(second)}`;
    expect(readExtraCa('ca.pem', () => both)).toBe(certificate(first) + certificate(second));
  });

  it('ignores a private key in the file', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
    expect(readExtraCa('ca.pem', () => key + certificate(first))).toBe(certificate(first));
  });

  it.each<[string, (path: string) => string, RegExp]>([
    ['a file without certificates', () => 'hello', /^has no certificate in PEM form$/],
    ['an empty file', () => '', /^has no certificate/],
    [
      'a broken certificate',
      () => `${certificate(first)}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`,
      /^has a certificate that cannot be read \(number 2\)$/,
    ],
    [
      'a file that cannot be read',
      () => {
        throw Object.assign(new Error('no'), { code: 'EACCES' });
      },
      /^cannot be read \(EACCES\)$/,
    ],
  ])('rejects %s', (_what, read, message) => {
    expect(() => readExtraCa('ca.pem', read)).toThrow(message);
  });
});
