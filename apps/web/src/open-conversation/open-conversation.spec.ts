import { answer, conversation, page, question } from '../testing/messages';
import { PageState } from '../testing/page-state';
import { ScriptedStream, settled } from '../testing/scripted-api';

const messages = 'GET /api/conversations/c1/messages';

describe('OpenConversation', () => {
  let state: PageState;

  beforeEach(() => {
    state = new PageState();
    state.api
      .json('GET /api/conversations/c1', conversation('c1'))
      .json(messages, page([question('q1'), answer('a1')]));
  });
  afterEach(() => {
    state.outgoing.abandon();
    state.answers.unfollowAll();
    state.globals.restore();
  });

  it('loads all pages of the messages, and the title', async () => {
    state.api.on(messages, ({ url }) =>
      Response.json(
        url.includes('after=a1') ? page([question('q2')]) : page([question('q1'), answer('a1')], true),
      ),
    );
    await state.conversation.open('c1');
    expect(state.shown).toEqual(['Question q1', 'Answer a1', 'Question q2']);
    expect([state.branch.state(), state.list.titleOf('c1')]).toEqual(['ready', 'Title c1']);
  });

  it('opens a new conversation', async () => {
    await state.conversation.open('c1');
    await state.conversation.open(undefined);
    expect([state.branch.state(), state.shown, state.branch.conversationId()]).toEqual([
      'new',
      [],
      undefined,
    ]);
  });

  it('does not load an open conversation again, unless it does not show the requested message', async () => {
    await state.conversation.open('c1');
    const before = state.api.sent.length;
    await state.conversation.open('c1');
    await state.conversation.open('c1', 'q1');
    expect(state.api.sent).toHaveLength(before);
    await state.conversation.open('c1', 'q9');
    expect(state.api.sent.at(-1)).toContain('through=q9');
  });

  it.each([
    [404, 'not_found', 'missing'],
    [400, 'validation_failed', 'missing'],
    [500, 'internal_error', 'failed'],
  ])('shows after status %i that the conversation is %s: %s', async (status, code, expected) => {
    state.api.problem(messages, status, code);
    await state.conversation.open('c1');
    expect(state.branch.state()).toBe(expected);
  });

  it('ignores the messages of a conversation that is no longer open', async () => {
    const response = Promise.withResolvers<Response>();
    state.api.on(messages, () => response.promise);
    const opening = state.conversation.open('c1');
    await state.conversation.open(undefined);
    response.reject(new TypeError('aborted'));
    await opening;
    expect(state.branch.state()).toBe('new');
  });

  it('follows answers that are being generated', async () => {
    const running = answer('a1', { status: 'in_progress', content: '' });
    state.api
      .json(messages, page([question('q1'), running]))
      .on('GET /api/runs/r1/events', new ScriptedStream().reply);
    await state.conversation.open('c1');
    expect(state.answers.running()).toHaveLength(1);
    expect(state.conversation.isBusy()).toBe(true);
    await state.conversation.open(undefined);
    expect(state.conversation.isBusy()).toBe(false);
  });

  it('is busy while a message is being sent, not after it has failed', async () => {
    await state.conversation.open('c1');
    const failure = Promise.withResolvers<Response>();
    state.api.on('POST /api/conversations/c1/messages', () => failure.promise);
    state.outgoing.send('Hi');
    expect(state.conversation.isBusy()).toBe(true);
    const problem = { title: 'No', status: 400, code: 'validation_failed', retryable: false };
    failure.resolve(Response.json(problem, { status: 400 }));
    await settled();
    expect([state.conversation.isBusy(), state.outgoing.all().size]).toEqual([false, 1]);
  });

  it('replaces an answer with a regenerated one, as another version', async () => {
    const stream = new ScriptedStream();
    state.api.on('POST /api/messages/a1/regenerate', stream.reply);
    await state.conversation.open('c1');
    void state.conversation.regenerate(state.branch.messages()[1]!);
    await settled();
    expect(state.shown).toEqual(['Question q1']);
    stream.send({
      type: 'message.created',
      message_id: 'a2',
      message: question('q1'),
      reply: answer('a2', { content: '' }),
    });
    await settled();
    expect(state.branch.messages().at(-1)).toMatchObject({ id: 'a2', sibling_ids: ['a1', 'a2'] });
  });

  it('shows the old answer and a notice if the server refuses to regenerate', async () => {
    state.api.problem('POST /api/messages/a1/regenerate', 409, 'conversation_busy');
    await state.conversation.open('c1');
    await state.conversation.regenerate(state.branch.messages()[1]!);
    expect(state.shown).toEqual(['Question q1', 'Answer a1']);
    expect(state.notices.all().map(({ text }) => text)).toEqual(['Detail of conversation_busy']);
  });

  it('shows a rating after the server has stored it', async () => {
    await state.conversation.open('c1');
    const rated = state.branch.messages()[1]!;
    await expect(state.conversation.rate(rated, { rating: 'up' })).rejects.toThrow();
    expect(state.branch.messages()[1]!.feedback).toBeUndefined();
    state.api.on('PUT /api/messages/a1/feedback', () => new Response(null, { status: 204 }));
    await state.conversation.rate(rated, { rating: 'up' });
    expect(state.branch.messages()[1]!.feedback).toEqual({ rating: 'up' });
  });
});
