import { answer, conversation, question, run } from '../testing/messages';
import { PageState } from '../testing/page-state';
import { ScriptedStream, settled } from '../testing/scripted-api';

describe('LiveAnswers', () => {
  let state: PageState;
  let stream: ScriptedStream;

  beforeEach(() => {
    state = new PageState();
    stream = new ScriptedStream();
    state.api
      .on('GET /api/runs/r1/events', stream.reply)
      .json('GET /api/conversations/c1', conversation('c1'));
    state.branch.replace([question('q1'), answer('a1', { content: '', status: 'in_progress' })]);
    state.answers.resume(state.branch.messages()[1]!);
  });
  afterEach(() => {
    state.answers.unfollowAll();
    state.globals.restore();
  });
  const live = () => state.answers.all().get('a1')!;
  const send = async (event: object): Promise<void> => {
    stream.send(event);
    await settled();
  };
  const delta = (offset: number, text: string): object => ({ type: 'message.delta', offset, delta: text });
  const retrying = {
    type: 'run.retrying',
    attempt: 2,
    endpoint: 'ws://b',
    reason: 'idle_timeout',
    keep_chars: 0,
  };

  it('shows the text as it arrives, and the stored answer at the end', async () => {
    await send(delta(0, 'Hello'));
    await send(delta(5, ' you'));
    expect([live().text(), live().isFinished(), state.answers.running()]).toEqual([
      'Hello you',
      false,
      [live()],
    ]);
    await send({ type: 'message.completed', message: answer('a1', { content: 'Hello you.' }) });
    await send({ type: 'run.finished', run: run() });
    expect(state.shown).toEqual(['Question q1', 'Hello you.']);
    expect([live().run()?.id, live().isFinished(), state.answers.running()]).toEqual(['r1', true, []]);
    expect(state.announcer.text()).toBe('Answer: Hello you.');
  });

  it('drops the text when the answer starts over', async () => {
    await send(delta(0, 'Hello'));
    await send(retrying);
    await send(delta(0, 'Good day'));
    expect([
      live().text(),
      live()
        .restarts()
        .map(({ endpoint }) => endpoint),
    ]).toEqual(['Good day', ['ws://b']]);
  });

  it('moves the conversation to the top of the list when a run has finished', async () => {
    await send({ type: 'run.finished', run: run() });
    expect(state.list.items().map(({ id }) => id)).toEqual(['c1']);
    expect(state.statusRefreshes).toBe(0);
  });

  it.each([
    [
      'a run that failed',
      { type: 'run.finished', run: run({ error: { code: 'x', message: 'x', retryable: true } }) },
    ],
    ['a fallback', { type: 'message.completed', message: answer('a1', { source: 'fallback' }) }],
  ])('refreshes the status of the LLM servers after %s', async (_name, event) => {
    await send(event);
    expect(state.statusRefreshes).toBe(1);
  });

  it.each([
    ['message.completed', 'Hello', 'Answer: Hello'],
    ['message.failed', '', 'No answer.'],
    ['message.incomplete', 'Hel', 'Answer: Hel'],
    ['message.cancelled', 'Hel', 'The answer was stopped.'],
  ])('announces %s with the text %j as %j', async (type, content, announcement) => {
    await send({ type, message: answer('a1', { content }) });
    expect(state.announcer.text()).toBe(announcement);
  });

  it('announces the beginning of a long answer', async () => {
    await send({ type: 'message.completed', message: answer('a1', { content: 'a'.repeat(1_501) }) });
    expect(state.announcer.text()).toBe(`Answer: ${'a'.repeat(1_500 - 'Answer: '.length)} …`);
  });

  it('follows a running answer once', async () => {
    state.answers.resume(state.branch.messages()[1]!);
    await settled();
    expect(state.api.sent).toEqual(['GET /api/runs/r1/events']);
  });

  it('shows that the connection was cut, and that it is back', async () => {
    await send(delta(0, 'Hello'));
    expect(live().connection()).toBe('open');
    const restarting = { title: 'Restarting', status: 503, code: 'shutting_down', retryable: true };
    const headers = { 'retry-after': '1000' };
    state.api.on('GET /api/runs/r1/events', () => Response.json(restarting, { status: 503, headers }));
    stream.end();
    await settled();
    state.server.retryNow();
    await settled();
    expect(live().connection()).toBe('reconnecting');
    const next = new ScriptedStream();
    state.api.on('GET /api/runs/r1/events', next.reply);
    state.server.retryNow();
    await settled();
    expect(live().connection()).toBe('reconnected');
    next.send(delta(5, ' you'));
    await settled();
    expect([live().connection(), live().text()]).toEqual(['open', 'Hello you']);
  });

  it('cancels the runs of running answers', async () => {
    state.api.json('POST /api/runs/r1/cancel', run({ status: 'cancelled' }));
    await state.answers.cancelAll();
    expect(state.api.sent).toContain('POST /api/runs/r1/cancel');
    expect(live().isFinished()).toBe(false);
  });

  it('closes its streams, and cancels nothing, when it stops following', async () => {
    await settled();
    const followed = live();
    state.answers.unfollowAll();
    await settled();
    expect([followed.isFinished(), state.answers.all().size]).toEqual([true, 0]);
    expect(state.api.requests[0]!.signal!.aborted).toBe(true);
    expect(state.api.sent).toEqual(['GET /api/runs/r1/events']);
  });
});
