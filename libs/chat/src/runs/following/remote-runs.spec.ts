import { type SystemDatabase } from '#database';
import { ChatObserver } from '../../model/chat-observer.js';
import { sampleTurn } from '../../testing/sample-turn.js';
import { RemoteRuns } from './remote-runs.js';
import { type RunArchive } from '../../store/run-archive.js';
import { type RunNotificationListener, type RunNotifications } from '../../notify/run-notifications.js';

/** Mocked: the database, and what other replicas say. */
describe('RemoteRuns', () => {
  const setUp = (rows: Record<string, unknown>[] = []) => {
    const asked: unknown[][] = [];
    const listeners: RunNotificationListener[] = [];
    const database = {
      query: async (_: unknown, values: unknown[]) => {
        asked.push(values);
        return rows;
      },
    } as unknown as SystemDatabase;
    const news = {
      isReceiving: true,
      subscribe: (listener: RunNotificationListener) => listeners.push(listener),
    } as unknown as RunNotifications;
    const runs = new RemoteRuns(database, {} as RunArchive, news, new ChatObserver());
    return { runs, asked, hear: (id: string) => listeners[0]!.onChange(id, 'c1') };
  };

  it('gives those who begin to follow a run at the same time one view of it, or one would hear nothing', async () => {
    const { runs } = setUp();
    const [first, second] = await Promise.all([runs.follow(sampleTurn()), runs.follow(sampleTurn())]);
    await runs.onApplicationShutdown();
    expect(first).toBe(second);
  });

  it('looks at a run when there is news of it, and asks for what it does not know yet alone', async () => {
    const rows = [{ id: 'r1', status: 'in_progress', attempt: 1, content: 'Hel' }];
    const { runs, asked, hear } = setUp(rows);
    const run = await runs.follow(sampleTurn());
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    run.listen(resolve);
    rows[0]!.content = 'lo';
    hear('another one');
    hear('r1');
    await changed;
    await runs.onApplicationShutdown();
    expect(run.answer.pieces).toEqual(['Hel', 'lo']);
    expect(asked).toEqual([
      [['r1'], [1], [0]],
      [['r1'], [1], [3]],
    ]);
  });

  it('starts over with the text of another attempt', async () => {
    const rows = [{ id: 'r1', status: 'in_progress', attempt: 1, content: 'Hel' }];
    const { runs, hear } = setUp(rows);
    const run = await runs.follow(sampleTurn());
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    run.listen(resolve);
    Object.assign(rows[0]!, { attempt: 1001, content: 'Good' });
    hear('r1');
    await changed;
    await runs.onApplicationShutdown();
    expect([run.attempt, run.answer.pieces, run.restart?.reason]).toEqual([1001, ['Good'], 'server_restart']);
  });
});
