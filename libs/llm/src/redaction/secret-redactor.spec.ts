import { basicCredentials } from './secret-forms.js';
import { SecretRedactor } from './secret-redactor.js';

const key = 'sk-Canary/0123+äé?';
const redactor = new SecretRedactor({ secrets: [key, ...basicCredentials('user', 'pass-Canary')] });

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('SecretRedactor', () => {
  it.each([
    ['unchanged', key],
    ['in upper case', key.toUpperCase().replace('ÄÉ', 'äé')],
    ['in lower case', key.toLowerCase()],
    ['URL-encoded', encodeURIComponent(key)],
    ['URL-encoded in lower case', encodeURIComponent(key).toLowerCase()],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(key))],
    ['with every byte URL-encoded', [...Buffer.from(key)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['in JSON', JSON.stringify(key.replace('/', '\\/')).slice(1, -1)],
    ['in JSON with an escape', `\\u0073${key.slice(1)}`],
    ['in JSON nested in JSON', `\\\\u0073${key.slice(1)}`],
    ['in HTML', `&#115;${key.slice(1)}`],
    ['in base64', base64(key)],
    ['in base64 without padding', base64(key).replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(key).toString('base64url')],
    ['in base64, URL-encoded', encodeURIComponent(base64(key))],
    ['in hexadecimal', Buffer.from(key).toString('hex')],
    ['in upper-case hexadecimal', Buffer.from(key).toString('hex').toUpperCase()],
    ['as Basic credentials', base64('user:pass-Canary')],
    ['as Basic credentials encoded in base64 again', base64(base64('user:pass-Canary').replace(/=+$/, ''))],
  ])('finds a secret %s', (_, form) => {
    expect(redactor.redact(`before ${form} after`)).toMatch(/^before \[secret\][=%3D]* after$/i);
    const text = `before ${form} after`;
    for (let cut = 0; cut <= text.length; cut += 1) {
      const stream = redactor.stream();
      const shown = stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.end();
      expect(shown).toBe(redactor.redact(text));
    }
  });

  it.each(['', 'B', 'Be', 'Bearer ', '{"k":"'])('finds base64 of a secret after %j', (before) => {
    const redacted = redactor.redact(base64(`${before}${key}and more`));
    expect(redacted).toContain('[secret]');
    expect(redacted.length).toBeLessThan(8 + '[secret]'.length + base64(`${before}and more`).length);
  });

  it.each(['a word', '100 % of it', 'C:\\temp\\u', 'AT&T &amp; more', 'sk-can', '50%25 %', ''])(
    'keeps %j',
    (text) => {
      expect(redactor.redact(text)).toBe(text);
      expect(redactor.redactError(text)).toBe(text);
    },
  );

  it('keeps a short secret in answers, but redacts its longer forms, and redacts it in errors', () => {
    const short = new SecretRedactor({ secrets: ['hunter2', ...basicCredentials('u', 'hunter2')] });
    expect(short.redact('hunter2')).toBe('hunter2');
    expect(short.redactError('not hunter2!')).toBe('not [secret]!');
    expect(short.redact(`u:hunter2 ${base64('u:hunter2')} ${base64('hunter2')}`)).not.toMatch(
      /hunter2|aHVudGVy|dTpodW/,
    );
  });

  it('finds parts of a secret in errors', () => {
    expect(redactor.redactError(`key ${key.slice(0, 9)} | ${key.slice(9)} (${key.slice(0, 8)}…)`)).toBe(
      'key [secret] | [secret] ([secret]…)',
    );
  });

  it('limits the length of errors', () => {
    expect(redactor.redactError('x'.repeat(1_000_000))).toHaveLength(4_000);
  });

  it('redacts keys and strings of JSON at every level, and returns a value without secrets unchanged', () => {
    const value = { a: [1, true, null, { b: 'x' }] };
    expect(redactor.redactJson(value)).toBe(value);
    expect(redactor.redactJson({ [key]: [{ [`x${key}`]: `y ${base64(key)}` }] })).toEqual({
      '[secret]': [{ 'x[secret]': expect.stringMatching(/^y \[secret\]/) as string }],
    });
    expect(new SecretRedactor({ secrets: ['12345678'] }).redactJson({ n: 12_345_678 })).toEqual({
      n: '[secret]',
    });
  });
});
