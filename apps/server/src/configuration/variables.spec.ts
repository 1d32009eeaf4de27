import { quoteValue } from './variables.js';

describe('quoteValue', () => {
  it.each(['verbose', '30s', 'ws://llm/chat', './llm.yaml', 'least-loaded', 'Development'])(
    'quotes %s',
    (text) => {
      expect(quoteValue(text)).toBe(JSON.stringify(text));
    },
  );

  it.each(['keyCANARY', 'keyCANARY0123', 'sk-proj-0123456789'])('does not show %s', (text) => {
    expect(quoteValue(text)).toBe('(not shown: it looks like a key)');
  });
});
