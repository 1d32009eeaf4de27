import { shown } from './variables.js';

describe('shown', () => {
  it.each(['verbose', '30s', 'ws://llm/chat', './llm.yaml', 'least-loaded', 'Development'])(
    'repeats %s',
    (text) => {
      expect(shown(text)).toBe(JSON.stringify(text));
    },
  );

  it.each(['keyCANARY', 'keyCANARY0123', 'sk-proj-0123456789'])('does not repeat %s', (text) => {
    expect(shown(text)).toBe('(not shown: it looks like a key)');
  });
});
