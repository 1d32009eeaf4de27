import { answer, conversation, question, run } from '../testing/messages';
import { PageState } from '../testing/page-state';
import { ScriptedStream, settled } from '../testing/scripted-api';

const path = 'POST /api/conversations/c1/messages';

describe('OutgoingMessages', () => {
  let state: PageState;
  let stream: ScriptedStream;

  beforeEach(() => {
    state = new PageState();
    stream = new ScriptedStream();
    state.branch.conversationId.set('c1');
    state.branch.replace([question('q1'), answer('a1')]);
    state.api.on(path, stream.reply).json('GET /api/conversations/c1', conversation('c1'));
  });
  afterEach(() => {
    state.outgoing.abandon();
    state.answers.unfollowAll();
    state.globals.restore();
  });
  const bodies = (): unknown[] =>
    state.api.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  const [outgoing, idOf] = [
    () => [...state.outgoing.all().values()],
    () => [...state.outgoing.all().keys()][0]!,
  ];

  it('shows a message until the server has stored it', async () => {
    state.outgoing.send('Hi');
    await settled();
    const id = idOf();
    expect(state.shown).toEqual(['Question q1', 'Answer a1', 'Hi']);
    expect(bodies()).toEqual([{ content: 'Hi', id, parent_id: 'a1' }]);
    const stored = question(id, { content: 'Hi', conversation_id: 'c1' });
    stream.send({ type: 'message.created', message: stored, reply: answer('a2', { content: '' }) });
    await settled();
    expect(outgoing()).toEqual([]);
    expect(state.branch.messages().map((message) => message.id)).toEqual(['q1', 'a1', id, 'a2']);
    expect(state.announcer.text()).toBe('Generating an answer.');
  });

  it('creates the conversation with the first message', async () => {
    state.branch.conversationId.set(undefined);
    state.branch.replace([]);
    state.api.json('POST /api/conversations', conversation('c1', { title: null }), 201);
    state.outgoing.send('Hi');
    await settled();
    expect(state.assignedIds).toEqual(['draft c1', 'address c1']);
    expect([state.branch.conversationId(), state.branch.state()]).toEqual(['c1', 'ready']);
    expect(state.api.sent).toEqual(['POST /api/conversations', path]);
  });

  it('does not name an unstored message as the parent of the next one', async () => {
    state.outgoing.send('First');
    state.outgoing.send('Second', 'queue');
    await settled();
    expect(bodies()[1]).toEqual({ content: 'Second', id: expect.any(String), on_busy: 'queue' });
    expect(state.shown.slice(2)).toEqual(['First', 'Second']);
  });

  it('starts a branch with an edited message', async () => {
    state.outgoing.edit(question('q1'), 'Changed', 'interrupt');
    await settled();
    expect(state.shown).toEqual(['Changed']);
    expect(state.branch.messages()[0]!.sibling_ids).toEqual(['q1', idOf()]);
    expect(bodies()).toEqual([{ content: 'Changed', id: idOf(), parent_id: null, on_busy: 'interrupt' }]);
  });

  it('keeps a message that was refused, and sends it again with the same key', async () => {
    state.api.problem(path, 409, 'conversation_busy');
    state.outgoing.send('Hi');
    await settled();
    const [{ key, error } = {}] = outgoing();
    expect(error).toMatchObject({ code: 'conversation_busy' });
    state.outgoing.resend(idOf());
    expect(outgoing()[0]).toMatchObject({ key, error: undefined });
    await settled();
    state.outgoing.resend(idOf(), 'queue');
    expect(outgoing()[0]!.key).not.toBe(key);
    await settled();
    expect(bodies()[2]).toMatchObject({ content: 'Hi', on_busy: 'queue' });
  });

  it('aborts the request of a withdrawn message', async () => {
    state.outgoing.send('Hi');
    await settled();
    expect(state.outgoing.withdraw(idOf())).toBe('Hi');
    await settled();
    expect([state.shown, outgoing()]).toEqual([['Question q1', 'Answer a1'], []]);
    expect(state.api.requests[0]!.signal!.aborted).toBe(true);
  });

  it('shows a new conversation again when its only message is withdrawn', () => {
    state.branch.conversationId.set(undefined);
    state.branch.replace([]);
    state.outgoing.send('Hi');
    expect(state.branch.state()).toBe('ready');
    state.outgoing.withdraw(idOf());
    expect(state.branch.state()).toBe('new');
  });

  it('forgets all messages when another conversation is opened', async () => {
    state.outgoing.send('Hi');
    await settled();
    state.outgoing.abandon();
    await settled();
    expect([outgoing(), state.api.requests[0]!.signal!.aborted]).toEqual([[], true]);
  });

  it('follows the answer to its end', async () => {
    state.outgoing.send('Hi');
    await settled();
    stream.send({ type: 'message.created', message: question(idOf()), reply: answer('a1') });
    stream.send({ type: 'message.completed', message: answer('a1', { content: 'Done.' }) });
    stream.send({ type: 'run.finished', run: run() });
    await settled();
    expect([state.shown.at(1), state.answers.all().get('a1')?.isFinished()]).toEqual(['Done.', true]);
  });
});
