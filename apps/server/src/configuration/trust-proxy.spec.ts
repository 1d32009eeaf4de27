import { trustProxyMistake, trustsProxy } from './trust-proxy.js';

describe('trustsProxy', () => {
  it.each([
    [['10.1.2.3'], '10.1.2.3', true],
    [['10.1.2.3'], '10.1.2.4', false],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['loopback'], '127.0.0.9', true],
    [['loopback'], '::1', true],
    [['loopback', 'fd00::/8'], 'fd12::1', true],
    [['uniquelocal'], '172.31.0.1', true],
    [['uniquelocal'], '172.32.0.1', false],
    [['uniquelocal'], 'no address', false],
    [[], '127.0.0.1', false],
  ])('of %j: %s → %s', (entries, address, isTrusted) => {
    expect(entries.map(trustProxyMistake)).toEqual(entries.map(() => undefined));
    expect(trustsProxy(entries)(address, 0)).toBe(isTrusted);
  });

  it('counts hops', () => {
    const trusts = trustsProxy(['2']);
    expect([0, 1, 2].map((hop) => trusts('203.0.113.9', hop))).toEqual([true, true, false]);
  });

  it.each(['proxy.example', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '11', '-1', '::1/129', '*', 'true'])(
    'rejects %s',
    (entry) => {
      expect(trustProxyMistake(entry)).toMatch(/^must be /);
    },
  );
});
