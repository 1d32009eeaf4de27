import { DEFAULT_BEHAVIOR } from '../behavior/behavior.js';
import { decideHandshake, refusalResponse } from './handshake.js';

describe('decideHandshake', () => {
  const facts = { path: '/chat', authorization: undefined, openConnections: 3 };
  it.each([
    [{}, {}, { kind: 'accept' }],
    [{}, { path: '/' }, { kind: 'refuse', status: 404 }],
    [{ refuse: 429 }, {}, { kind: 'refuse', status: 429 }],
    [{ hangHandshake: true, refuse: 429 }, {}, { kind: 'hang' }],
    [{ apiKey: 'k' }, {}, { kind: 'refuse', status: 401 }],
    [{ apiKey: 'k' }, { authorization: 'Bearer kk' }, { kind: 'refuse', status: 401 }],
    [{ apiKey: 'k' }, { authorization: 'Bearer k' }, { kind: 'accept' }],
    [{ maxConnections: 3 }, {}, { kind: 'refuse', status: 503 }],
    [{ maxConnections: 4 }, {}, { kind: 'accept' }],
  ])('%j %j', (change, difference, decision) => {
    expect(decideHandshake({ ...facts, ...difference }, '/chat', { ...DEFAULT_BEHAVIOR, ...change })).toEqual(
      decision,
    );
  });
});

describe('refusalResponse', () => {
  it('is a whole HTTP response', () => {
    const [head, body] = refusalResponse(429, 0.5).split('\r\n\r\n');
    expect(head?.split('\r\n')).toEqual([
      'HTTP/1.1 429 Too Many Requests',
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${body?.length}`,
      'Retry-After: 1',
    ]);
    expect(refusalResponse(499, null)).toMatch(/^HTTP\/1.1 499 Refused\r\n(?!.*Retry-After)/s);
  });
});
