import { isCrossSite } from './cross-site.js';

const page = 'https://app.example';

describe('isCrossSite', () => {
  const check = (method: string, headers: Record<string, string>, comparesOrigins = true, allowed = [page]) =>
    isCrossSite(method, headers, ['127.0.0.1:3001', 'chat.example'], {
      allowedOrigins: allowed,
      comparesOrigins,
    });

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:3001' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'cross-site', origin: page }],
    [{ origin: page }],
    [{ origin: 'http://127.0.0.1:3001' }],
    [{ origin: 'https://chat.example' }],
    [{ origin: 'http://CHAT.example' }],
  ])('accepts %j', (headers: Record<string, string>) => {
    expect(check('POST', headers)).toBe(false);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'null' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://other.example' }],
    [{ 'sec-fetch-site': 'CROSS-SITE' }],
    [{ 'sec-fetch-site': 'same-origin, cross-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'https://app.example.evil.example' }],
    [{ origin: 'http://127.0.0.1:5173' }],
    [{ origin: 'null' }],
  ])('rejects %j for unsafe methods only', (headers: Record<string, string>) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'FOO']) expect(check(method, headers)).toBe(true);
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(check(method, headers)).toBe(false);
    expect(check('POST', headers, true, ['*'])).toBe(false);
  });

  it('ignores the origin unless comparesOrigins is set', () => {
    expect(check('POST', { origin: 'https://evil.example' }, false)).toBe(false);
    expect(check('POST', { 'sec-fetch-site': 'cross-site' }, false)).toBe(true);
  });
});
