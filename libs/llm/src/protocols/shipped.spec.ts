import { shippedProtocols } from './shipped.js';

const hourMs = 3_600_000;

describe('the shipped protocols', () => {
  it.each(['openai-responses', 'openai-realtime'])(
    '%s leaves connections before the hour after which the server ends them',
    (name) => {
      const { connection } = shippedProtocols.find((protocol) => protocol.name === name)!;
      expect(connection?.maxAgeMs).toBeLessThan(hourMs);
      // Not so soon that connections would hardly be used again.
      expect(connection?.maxAgeMs).toBeGreaterThan(hourMs / 2);
    },
  );
});
