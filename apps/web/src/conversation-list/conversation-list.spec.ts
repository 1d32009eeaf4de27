import { conversation, page } from '../testing/messages';
import { PageState } from '../testing/page-state';

const list = 'GET /api/conversations';

describe('ConversationList', () => {
  let state: PageState;

  beforeEach(() => {
    state = new PageState();
  });
  afterEach(() => state.globals.restore());
  const ids = (): string[] => state.list.items().map(({ id }) => id);
  const load = async (...names: string[]): Promise<void> => {
    state.api.json(list, page(names.map((id) => conversation(id))));
    await state.list.load();
  };

  it('appends the next page without repeating conversations', async () => {
    state.api.on(list, ({ url }) =>
      Response.json(
        url.includes('after=c2')
          ? page([conversation('c2'), conversation('c3')])
          : page([conversation('c1'), conversation('c2')], true),
      ),
    );
    await state.list.load();
    expect([ids(), state.list.hasMore()]).toEqual([['c1', 'c2'], true]);
    await state.list.loadMore();
    expect([ids(), state.list.hasMore()]).toEqual([['c1', 'c2', 'c3'], false]);
    await state.list.loadMore();
    expect(state.api.sent).toHaveLength(2);
  });

  it('shows search results instead, and remembers the other titles', async () => {
    await load('c1', 'c2');
    state.api.json(list, page([conversation('c3')]));
    await state.list.search('  walrus ');
    expect([ids(), state.list.query()]).toEqual([['c3'], 'walrus']);
    expect(state.api.sent.at(-1)).toContain('q=walrus');
    expect(state.list.titleOf('c1')).toBe('Title c1');
  });

  it('shows the result of the last search, whichever response arrives first', async () => {
    const first = Promise.withResolvers<Response>();
    state.api.on(list, ({ url }) =>
      url.endsWith('q=a') ? first.promise : Response.json(page([conversation('c2')])),
    );
    const searching = state.list.search('a');
    await state.list.search('ab');
    expect(state.api.requests.map(({ signal }) => signal!.aborted)).toEqual([true, false]);
    first.reject(new Error('aborted'));
    await searching;
    expect([ids(), state.list.state()]).toEqual([['c2'], 'ready']);
  });

  it('keeps the list after a failed load, but not after a failed search', async () => {
    await load('c1');
    state.api.problem(list, 500, 'internal_error');
    await state.list.load();
    expect([ids(), state.list.state()]).toEqual([['c1'], 'failed']);
    await state.list.search('walrus');
    expect([ids(), state.list.state()]).toEqual([[], 'failed']);
  });

  it('moves a conversation with activity to the top, except in search results', async () => {
    await load('c1', 'c2');
    state.api.json('GET /api/conversations/c2', conversation('c2', { title: 'New title' }));
    await state.list.reloadAtTop('c2');
    expect([ids(), state.list.titleOf('c2')]).toEqual([['c2', 'c1'], 'New title']);
    state.api.json(list, page([conversation('c1'), conversation('c2')]));
    await state.list.search('walrus');
    await state.list.reloadAtTop('c2');
    expect(ids()).toEqual(['c1', 'c2']);
  });

  it('reloads a conversation in its position', async () => {
    await load('c1', 'c2');
    state.api.json('GET /api/conversations/c2', conversation('c2', { active_run_id: 'r1' }));
    await state.list.reloadInPlace('c2');
    expect(state.list.items()[1]).toMatchObject({ id: 'c2', active_run_id: 'r1' });
  });

  it('keeps the list if a conversation cannot be reloaded', async () => {
    await load('c1', 'c2');
    await state.list.reloadAtTop('c2');
    await state.list.reloadInPlace('c2');
    await state.list.loadTitle('c9');
    expect([ids(), state.list.titleOf('c9')]).toEqual([['c1', 'c2'], undefined]);
  });

  it('renames a conversation after the server has', async () => {
    await load('c1');
    await expect(state.list.rename('c1', 'New')).rejects.toThrow();
    expect(state.list.titleOf('c1')).toBe('Title c1');
    state.api.json('PATCH /api/conversations/c1', conversation('c1', { title: 'New' }));
    await state.list.rename('c1', 'New');
    expect([state.list.items()[0]!.title, state.list.titleOf('c1')]).toEqual(['New', 'New']);
  });
});
