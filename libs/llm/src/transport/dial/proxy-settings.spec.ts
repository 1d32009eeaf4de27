import { proxyFor, proxyMistake } from './proxy-settings.js';

const httpsProxy = 'http://secure.example:3128';
const httpProxy = 'http://plain.example:3128';

describe('proxyFor', () => {
  it.each([
    ['wss://llm.example/', { httpsProxy, httpProxy }, 'secure.example'],
    ['ws://llm.example/', { httpsProxy, httpProxy }, 'secure.example'],
    ['ws://llm.example/', { httpProxy }, 'plain.example'],
    ['wss://llm.example/', { httpProxy }, undefined],
    ['wss://llm.example/', {}, undefined],
  ])('%s with %j: %s', (address, settings, host) => {
    expect(proxyFor(address, settings)?.hostname).toBe(host);
  });

  it.each([
    ['*', 'wss://llm.example/', true],
    ['llm.example', 'wss://LLM.example/', true],
    ['llm.example', 'wss://eu.llm.example/', true],
    ['.llm.example', 'wss://llm.example./', true],
    ['*.llm.example', 'wss://eu.llm.example/', true],
    ['llm.example', 'wss://notllm.example/', false],
    ['a.example, llm.example', 'wss://llm.example/', true],
    ['a.example llm.example:443', 'wss://llm.example/', true],
    ['llm.example:443', 'ws://llm.example/', false],
    ['llm.example:80', 'ws://llm.example/', true],
    ['localhost,127.0.0.1', 'ws://127.0.0.1:9000/', true],
    ['127.0.0.1:9000', 'ws://127.0.0.1:9000/', true],
    ['127.0.0.1:9001', 'ws://127.0.0.1:9000/', false],
    ['10.0.0.0/8', 'ws://10.9.8.7/', true],
    ['10.0.0.0/8', 'ws://11.9.8.7/', false],
    ['10.0.0.0/99', 'ws://10.9.8.7/', false],
    ['::1', 'ws://[::1]:9000/', true],
    ['[::1]:9000', 'ws://[::1]:9000/', true],
    ['[::1]:9001', 'ws://[::1]:9000/', false],
    ['fd00::/8', 'ws://[fd00::7]/', true],
    ['0.0.1', 'ws://127.0.0.1/', false],
    ['', 'ws://llm.example/', false],
    ['.', 'ws://llm.example/', false],
  ])('NO_PROXY=%s, %s: direct %s', (noProxy, address, isDirect) => {
    expect(proxyFor(address, { httpsProxy, noProxy }) === undefined).toBe(isDirect);
  });
});

describe('proxyMistake', () => {
  it.each([
    ['http://proxy:3128', true],
    ['https://ann:pw@proxy/', true],
    ['socks5://proxy:1080', false],
    ['http://ann:50%@proxy', false],
    ['proxy:3128', false],
    ['proxy', false],
  ])('%s is valid: %s', (value, isValid) => {
    expect(proxyMistake(value) === undefined).toBe(isValid);
  });
});
