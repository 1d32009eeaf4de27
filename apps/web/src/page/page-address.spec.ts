import { formatAddress, parseAddress } from './page-address';

describe('parseAddress', () => {
  it.each([
    ['/', '', undefined, undefined],
    ['/c/c1', '', 'c1', undefined],
    ['/c/c1', '#m1', 'c1', 'm1'],
    ['/c/c1', '#', 'c1', undefined],
    ['/c/c1/more', '', undefined, undefined],
    ['/c/', '', undefined, undefined],
    ['/docs', '', undefined, undefined],
  ])('reads %s%s', (pathname, hash, conversationId, messageId) => {
    expect(parseAddress({ pathname, hash })).toEqual({ conversationId, messageId });
  });
});

describe('formatAddress', () => {
  it.each([
    [undefined, undefined, '/'],
    [undefined, 'm1', '/'],
    ['c1', undefined, '/c/c1'],
    ['c1', 'm1', '/c/c1#m1'],
  ])('writes conversation %s and message %s as %s', (conversationId, messageId, url) => {
    expect(formatAddress(conversationId, messageId)).toBe(url);
  });
});
