import { shippedProtocols } from './shipped.js';

const hourMs = 3_600_000;

describe('the shipped protocols', () => {
  it.each(['openai-responses', 'openai-realtime'])(
    '%s retires connections before the server ends them after an hour',
    (name) => {
      const { connection } = shippedProtocols.find((protocol) => protocol.name === name)!;
      expect(connection?.maxAgeMs).toBeLessThan(hourMs);
      // Late enough that connections are reused.
      expect(connection?.maxAgeMs).toBeGreaterThan(hourMs / 2);
    },
  );
});
