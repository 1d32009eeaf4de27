import { type ChannelListener } from '#database';
import { RunNotifications } from './run-notifications.js';

describe('RunNotifications', () => {
  const setUp = async () => {
    const sent: string[] = [];
    let channelListener: ChannelListener | undefined;
    const notifications = new RunNotifications({
      isReceiving: true,
      listen: async (_, listener) => void (channelListener = listener),
      notifyLater: (channel, payload) => void sent.push(`${channel} ${payload}`),
    });
    const calls: unknown[][] = [];
    notifications.subscribe({
      onChange: (...ids) => void calls.push(ids),
      onGap: () => void calls.push(['gap']),
    });
    await notifications.onApplicationBootstrap();
    return { notifications, sent, calls, channel: channelListener! };
  };

  it('publishes the ids of a run and its conversation', async () => {
    const { notifications, sent } = await setUp();
    notifications.publish({ id: 'r1', conversation_id: 'c1' });
    expect(sent).toEqual(['parley_progress r1/c1']);
  });

  it('passes the ids of a notification to its listeners', async () => {
    const { channel, calls } = await setUp();
    channel.onMessage('r1/c1');
    expect(calls).toEqual([['r1', 'c1']]);
  });

  it('calls onGap of its listeners after each connect, because notifications may have been missed', async () => {
    const { channel, calls } = await setUp();
    channel.onConnect();
    channel.onConnect();
    expect(calls).toEqual([['gap'], ['gap']]);
  });
});
