import { serverAddress } from './server-address.js';

describe('serverAddress', () => {
  it.each([
    ['ws://llm:8080/chat', 'llm', 8080],
    ['ws://llm.example/chat', 'llm.example', 80],
    ['wss://llm.example/chat', 'llm.example', 443],
    ['wss://[::1]:444/', '[::1]', 444],
  ])('%s is %s, port %i', (url, server_address, server_port) => {
    expect(serverAddress(url)).toEqual({ server_address, server_port });
  });
});
