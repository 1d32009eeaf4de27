import { highlight } from './highlight';
import { textOf } from './highlighted-nodes';

describe('highlight', () => {
  it('marks keywords and keeps every character', () => {
    const code = 'const a = `${b}`; // <b>\n';
    const nodes = highlight({ code, language: 'typescript' })!;
    expect(textOf(nodes)).toBe(code);
    expect(nodes).toContainEqual({ scope: 'keyword', children: ['const'] });
  });

  it('nests scopes, also those of another language', () => {
    const code = '<script>let a;</script>';
    const nodes = highlight({ code, language: 'html' })!;
    expect(textOf(nodes)).toBe(code);
    expect(JSON.stringify(nodes)).toContain('{"scope":"keyword","children":["let"]}');
  });

  it.each([
    ['an unknown language', { code: 'a', language: 'klingon' }],
    ['no language', { code: 'a', language: '' }],
    ['code over 20,000 characters', { code: 'a'.repeat(20_001), language: 'js' }],
  ])('does nothing for %s', (_name, code) => {
    expect(highlight(code)).toBeUndefined();
  });

  it('highlights 20,000 characters', () => {
    expect(textOf(highlight({ code: 'a'.repeat(20_000), language: 'js' })!)).toHaveLength(20_000);
  });
});
