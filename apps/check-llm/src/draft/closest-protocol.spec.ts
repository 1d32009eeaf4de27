import { describedProtocol } from '#llm';
import { closestProtocol } from './closest-protocol.js';

const described = (name: string, more: object) => ({
  name,
  protocol: describedProtocol({ name, request: { send: '{{message}}' }, delta: { text: '$' }, ...more }),
});

describe('closestProtocol', () => {
  const anyText = described('any text', { frames: 'text' });
  const oneText = described('one text', {
    frames: 'text',
    delta: [],
    end: { when: { $: { present: true } }, text: '$' },
  });
  const mixed = described('mixed', { frames: 'mixed', end: { when: { flag: 'end' } } });
  const tokens = described('tokens', { delta: { when: { type: 'token' }, text: 'text' } });
  const all = [anyText, oneText, mixed, tokens];

  it('is not won by a protocol that takes any text', () => {
    expect(closestProtocol(['0{"sid":"x"}', 'Hello', '{"message":"Forbidden"}'], all)).toBeUndefined();
    expect(closestProtocol(['Hello', '{"type":"token","text":"Hel"}', '{"flag":"end"}'], all)).toMatchObject({
      name: 'mixed',
      understood: 1,
      frames: 3,
    });
  });
});
