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
    expect(parseAddress({ pathname, hash }, '/')).toEqual({ conversationId, messageId });
    const below = { pathname: `/chat${pathname}`, hash };
    expect(parseAddress(below, '/chat/')).toEqual({ conversationId, messageId });
  });

  it('reads no conversation outside of the base path', () => {
    const { conversationId } = parseAddress({ pathname: '/c/c1', hash: '' }, '/chat/');
    expect(conversationId).toBeUndefined();
  });
});

describe('formatAddress', () => {
  it.each([
    [undefined, undefined, '/'],
    [undefined, 'm1', '/'],
    ['c1', undefined, '/c/c1'],
    ['c1', 'm1', '/c/c1#m1'],
  ])('writes conversation %s and message %s as %s', (conversationId, messageId, url) => {
    expect(formatAddress('/', conversationId, messageId)).toBe(url);
    expect(formatAddress('/chat/', conversationId, messageId)).toBe(`/chat${url}`);
  });
});
