import { hideAddresses } from './hide-addresses.js';

describe('hideAddresses', () => {
  it.each([
    ['ws://llm:8080/chat ended', '[address] ended'],
    ['at wss://user@llm.example.com/v1?x=1, sorry', 'at [address] sorry'],
    ['upstream http://10.0.0.3:8080/v1 refused', 'upstream [address] refused'],
    ['https://gateway.internal/x', '[address]'],
    ['http://localhost/x', '[address]'],
    ['postgres://db/parley', '[address]'],
    ['connect ECONNREFUSED 127.0.0.1:8080', 'connect ECONNREFUSED [address]'],
    ['connect ECONNREFUSED ::1:8080', 'connect ECONNREFUSED [address]'],
    ['from [fe80::1%eth0]:80 and fe80::12:34', 'from [address] and [address]'],
    ['no route to 10.1.2.3.', 'no route to [address].'],
    ['getaddrinfo ENOTFOUND llm.prod.svc.cluster.local', 'getaddrinfo ENOTFOUND [address]'],
    ['llm-7:80 and gpu.example.com:9000 and llm:8080', '[address] and [address] and [address]'],
  ])('%s → %s', (text, hidden) => {
    expect(hideAddresses(text)).toBe(hidden);
  });

  it.each([
    'see https://platform.openai.com/account/api-keys for more',
    'the first token limit of 30 ms ran out at 12:30:45',
    'Error: too many tokens: 12 of 10',
    'a ratio of 3:2, version 1.2.3',
  ])('keeps %s', (text) => {
    expect(hideAddresses(text)).toBe(text);
  });

  it('takes time in proportion to the text', () => {
    for (const text of [
      'a.'.repeat(1_000),
      'a-'.repeat(1_000),
      '1:'.repeat(1_000),
      '::'.repeat(1_000),
      '1.'.repeat(1_000),
      '['.repeat(2_000),
    ]) {
      const startedAt = performance.now();
      for (let count = 0; count < 10; count += 1) hideAddresses(text);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
    }
  });
});
