import { AllowedHosts } from './allowed-hosts.js';

describe('AllowedHosts', () => {
  const hosts = new AllowedHosts(['Chat.example', '10.0.0.7:3001', '[fd00::7]']);

  it.each([
    'localhost',
    'LOCALHOST:3001',
    '127.0.0.1',
    '127.255.3.4:80',
    '[::1]',
    '[::1]:3001',
    'chat.example',
    'CHAT.example:8443',
    '10.0.0.7:3001',
    '[fd00::7]:3001',
  ])('allows %s', (host) => {
    expect(hosts.allows(host)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'evil.example:3001',
    'localhost@evil.example',
    'localhost:x',
    'localhost:3001:1',
    'localhost, evil.example',
    'localhost.',
    '0.0.0.0:3001',
    '[::]',
    '[127.0.0.1]',
    '::1',
    '0x7f.1',
    '2130706433',
    '10.0.0.7',
    '10.0.0.7:3002',
    'sub.chat.example',
    'chat.example/',
  ])('does not allow %j', (host) => {
    expect(hosts.allows(host)).toBe(false);
  });

  it('allows everything with *', () => {
    expect(new AllowedHosts(['*']).allows('evil.example')).toBe(true);
  });
});
