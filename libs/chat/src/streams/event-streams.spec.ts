import { StreamSlots } from '#backpressure';
import { type FastifyReply } from 'fastify';
import { LiveRun } from '../runs/generation/live-run.js';
import { type RunLocator } from '../runs/following/run-locator.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { type ConversationEvents } from './conversation-events.js';
import { EventStreams } from './event-streams.js';

describe('EventStreams', () => {
  it('refuses new streams once all have been closed: an open one would keep the server from closing', async () => {
    const streams = new EventStreams(
      {} as ConversationEvents,
      {} as RunLocator,
      new StreamSlots({ perOwner: 1, perProcess: 1 }),
      { history: {}, generation: {} } as never,
    );
    const reply = { raw: { once: () => undefined }, request: {} } as unknown as FastifyReply;
    await streams.closeAll();
    const slot = streams.admit('ann', reply);
    expect(() => streams.openRun(new LiveRun(sampleTurn()), slot)).toThrow('This server is about to stop.');
  });
});
