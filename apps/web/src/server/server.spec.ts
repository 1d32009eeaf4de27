import { ConnectionError } from '@parley/client';
import { PageState } from '../testing/page-state';
import { settled } from '../testing/scripted-api';

describe('Server', () => {
  let state: PageState;
  let stopping: AbortController;

  beforeEach(() => {
    state = new PageState();
    stopping = new AbortController();
  });
  afterEach(() => {
    stopping.abort();
    state.globals.restore();
  });
  const list = () => state.server.track(state.server.client.listConversations());

  it('is unreachable after a request without a response, until one is answered', async () => {
    await expect(list()).rejects.toThrow(ConnectionError);
    expect(state.server.isUnreachable()).toBe(true);
    state.api.json('GET /api/conversations', { data: [] });
    await list();
    expect([state.server.isUnreachable(), state.announcer.text()]).toEqual([
      false,
      'The server responds again.',
    ]);
  });

  it('is reachable if it responds with an error', async () => {
    state.server.isUnreachable.set(true);
    state.api.problem('GET /api/conversations', 500, 'internal_error');
    await expect(list()).rejects.toMatchObject({ code: 'internal_error' });
    expect([state.server.isUnreachable(), state.isKeyRequired()]).toEqual([false, false]);
  });

  it('requires a key after a response with status 401', async () => {
    state.api.problem('GET /api/conversations', 401, 'missing_api_key');
    await expect(list()).rejects.toMatchObject({ status: 401 });
    expect(state.isKeyRequired()).toBe(true);
  });

  it('ignores the first failure of a stream', () => {
    const error = new ConnectionError('cut', 'cut');
    state.server.onConnection({ state: 'waiting', failures: 1, delayMs: 0, error });
    expect(state.server.isUnreachable()).toBe(false);
    state.server.onConnection({ state: 'waiting', failures: 2, delayMs: 0, error });
    expect(state.server.isUnreachable()).toBe(true);
    state.server.onConnection({ state: 'open' });
    expect(state.server.isUnreachable()).toBe(false);
  });

  it.each(['online', 'retryNow', 'open'])('ends the pause of a waiting stream: %s', async (cause) => {
    const busy = { title: 'Busy', status: 503, code: 'shutting_down', retryable: true };
    const headers = { 'retry-after': '1000' };
    state.api.on('GET /api/runs/r1/events', () => Response.json(busy, { status: 503, headers }));
    const finished = state.server.client.follow('r1', { signal: stopping.signal }).finished();
    finished.catch(() => undefined);
    await settled();
    expect(state.api.sent).toHaveLength(1);
    if (cause === 'online') state.globals.dispatch('online');
    else if (cause === 'retryNow') state.server.retryNow();
    else {
      state.server.isUnreachable.set(true);
      state.server.onConnection({ state: 'open' });
    }
    await settled();
    expect(state.api.sent).toHaveLength(2);
    stopping.abort(new Error('stopped'));
    await expect(finished).rejects.toThrow('stopped');
  });

  it('lets deletions complete while the page is closed', async () => {
    state.api.json('DELETE /api/conversations/c1', null).json('GET /api/conversations', { data: [] });
    await state.server.client.deleteConversation('c1');
    await state.server.client.listConversations();
    expect(state.api.requests.map(({ keepalive }) => keepalive)).toEqual([true, false]);
  });
});
