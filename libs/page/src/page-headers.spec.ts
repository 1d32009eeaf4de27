import { pageHeaders } from './page-headers.js';

describe('pageHeaders', () => {
  it.each([
    ['main-QX2NKDP7.js', true],
    ['/page/chunk-Cn-b4F_4.js.br', true],
    ['styles-ABCD1234.css.gz', true],
    ['/page/media/KaTeX_Main-Bold-ABCD1234.woff2', true],
    ['formulas.css', false],
    ['index.html', false],
    ['favicon.svg', false],
    ['/page-ABCD1234/index.html', false],
    ['main.js', false],
    ['chunk-list.js', false],
  ])('caches %s for a year: %s', (path, isImmutable) => {
    const { 'cache-control': cacheControl } = pageHeaders(path);
    expect(cacheControl).toBe(isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
});
