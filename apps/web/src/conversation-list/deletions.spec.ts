import { jest } from '@jest/globals';
import { createService } from '../testing/create-service';
import { conversation, page } from '../testing/messages';
import { PageState } from '../testing/page-state';
import { settled } from '../testing/scripted-api';
import { Deletions } from './deletions';

describe('Deletions', () => {
  let state: PageState;
  let deletions: Deletions;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
    state = new PageState();
    deletions = createService(Deletions, state.injector);
    state.api
      .json('GET /api/conversations', page([conversation('c1'), conversation('c2')]))
      .on('DELETE /api/conversations/c1', () => new Response(null, { status: 204 }));
    await state.list.load();
    deletions.schedule(conversation('c1'));
  });
  afterEach(() => {
    jest.useRealTimers();
    state.globals.restore();
  });
  const ids = (): string[] => state.list.items().map(({ id }) => id);
  const deleted = (): string[] => state.api.sent.filter((request) => request.startsWith('DELETE'));

  it('hide a conversation immediately and delete it when the notice disappears', async () => {
    expect([ids(), deleted()]).toEqual([['c2'], []]);
    expect(state.notices.all()[0]!.text).toBe('“Title c1” was deleted.');
    jest.advanceTimersByTime(8_000);
    await settled();
    expect(deleted()).toEqual(['DELETE /api/conversations/c1']);
  });

  it('can be undone', async () => {
    state.notices.all()[0]!.action!.run();
    expect(ids()).toEqual(['c1', 'c2']);
    jest.runAllTimers();
    state.globals.dispatch('pagehide');
    await settled();
    expect(deleted()).toEqual([]);
  });

  it('are carried out once when the page is closed', async () => {
    state.globals.dispatch('pagehide');
    jest.runAllTimers();
    await settled();
    expect(deleted()).toEqual(['DELETE /api/conversations/c1']);
  });

  it('show the conversation again if the server refuses', async () => {
    state.api.problem('DELETE /api/conversations/c1', 500, 'internal_error');
    jest.advanceTimersByTime(8_000);
    await settled();
    expect(ids()).toEqual(['c1', 'c2']);
    expect(state.notices.all()[0]!.text).toBe('“Title c1” could not be deleted.');
  });
});
