import { SecretRedactor } from '#llm';
import { redactLine } from './redact-line.js';

const redactor = new SecretRedactor({ secrets: ['canary-12345', '1764202999'] });

describe('redactLine', () => {
  it('redacts a secret in every field, escaped or not', () => {
    const line = `${JSON.stringify({ msg: 'a canary-12345', err: { stack: 'at canary\\u002d12345' }, k: 'b' })}\n`;
    expect(JSON.parse(redactLine(line, redactor))).toEqual({
      msg: 'a [secret]',
      err: { stack: 'at [secret]' },
      k: 'b',
    });
    expect(redactLine(line, redactor)).toMatch(/\n$/);
  });

  it('returns valid JSON if a number contains a secret', () => {
    const line = '{"level":30,"time":1764202999000,"msg":"x"}\n';
    const redacted = redactLine(line, redactor);
    expect(JSON.parse(redacted)).toEqual({ level: 30, time: '[secret]000', msg: 'x' });
  });

  it('does not change lines without secrets', () => {
    expect(redactLine('{"msg":"x"}\n', redactor)).toBe('{"msg":"x"}\n');
  });
});
