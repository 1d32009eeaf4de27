import { StreamSlots } from '#backpressure';
import { type FastifyReply } from 'fastify';
import { type ConversationEvents } from './conversation-events.js';
import { EventStreams } from './event-streams.js';

describe('EventStreams', () => {
  it('refuses new streams once all have been closed: an open one would keep the server from closing', async () => {
    const streams = new EventStreams(
      {} as ConversationEvents,
      new StreamSlots({ perOwner: 1, perProcess: 1 }),
      { history: {}, generation: {} } as never,
    );
    const reply = { raw: { once: () => undefined } } as unknown as FastifyReply;
    await streams.closeAll();
    expect(() => streams.openEvents(async function* () {}, streams.admit('ann', reply))).toThrow(
      'This server is about to stop.',
    );
  });
});
