import { type Database } from '#database';
import { ChatObserver } from '../chat-observer.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { RemoteRuns } from './remote-runs.js';
import { type RunArchive } from './run-archive.js';

describe('RemoteRuns', () => {
  it('gives those who begin to follow a run at the same time one view of it, or one would hear nothing', async () => {
    const database = { query: async () => [] } as unknown as Database;
    const runs = new RemoteRuns(database, {} as RunArchive, new ChatObserver());
    const [first, second] = await Promise.all([runs.follow(sampleTurn()), runs.follow(sampleTurn())]);
    runs.onApplicationShutdown();
    expect(first).toBe(second);
  });
});
