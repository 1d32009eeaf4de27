import { StreamSlots } from '#backpressure';
import { type FastifyReply } from 'fastify';
import { type ConversationEvents } from './conversation-events.js';
import { RunStreams } from './run-streams.js';

describe('RunStreams', () => {
  it('opens none once all were cut: it would keep the server from closing', async () => {
    const streams = new RunStreams(
      {} as ConversationEvents,
      new StreamSlots({ perOwner: 1, perProcess: 1 }),
      { history: {}, generation: {} } as never,
    );
    const reply = { raw: { once: () => undefined } } as unknown as FastifyReply;
    await streams.cutAll();
    expect(() => streams.openEvents(async function* () {}, streams.admit('ann', reply))).toThrow(
      'This server is about to stop.',
    );
  });
});
