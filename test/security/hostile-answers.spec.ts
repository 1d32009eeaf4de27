import { jest } from '@jest/globals';
import { TurnStore } from '../../libs/chat/src/store/turn-store.js';
import { type Json, Stack } from '../harness/stack.js';
import { HostileLlm } from './hostile-llm.js';

/** Real: the server and PostgreSQL. Mocked: an LLM server whose behavior the question selects. */
describe('an answer of a hostile LLM server', () => {
  let llm: HostileLlm;
  let stack: Stack;

  beforeAll(async () => {
    llm = await HostileLlm.start();
    stack = await Stack.start({ environment: { LLM_WEBSOCKET_URL: llm.url, LLM_MAX_RETRIES: '0' } });
  });
  afterAll(async () => {
    await stack.stop();
    await llm.stop();
  });

  const ask = (message: string) => stack.call('POST', '/api/chat', { message });
  const stored = async ({ message_id }: Json): Promise<Json> =>
    (await stack.rows('SELECT * FROM messages WHERE id = $1', [message_id]))[0] as Json;

  it.each([
    ['H:deepmetadata 4000', { metadata: {} }],
    ['H:bigmetadata 15000000', { metadata: {} }],
    ['H:manymetadata 100000', { metadata: {} }],
    ['H:manytokens', { tokens_used: 2 ** 31 - 1 }],
    ['H:infinitetokens', { tokens_used: 2 ** 31 - 1 }],
    ['H:negativetokens', { tokens_used: null }],
    ['H:control', { content: 'a\ufffdb\u001b[2J', model: '\ufffdm' }],
    ['H:deepframe 100000', { content: 'x' }],
  ])('to %s is stored with %j', async (question, facts) => {
    const { status, body } = await ask(question);
    expect(status).toBe(200);
    expect(await stored(body)).toMatchObject({ status: 'completed', ...facts });
  });

  it('that is too long ends the run', async () => {
    expect((await ask('H:flood 1000000')).body).toMatchObject({ code: 'answer_too_large' });
  });

  it.each([
    [1, { status: 'completed', content: 'fine', metadata: {}, model: null, finish_reason: 'unknown' }],
    [2, { status: 'failed', content: '' }],
  ])('that PostgreSQL rejects %i times is stored in part, without a delay', async (times, expected) => {
    const finish = jest.spyOn(stack.get(TurnStore), 'finish');
    const refusal = Object.assign(new Error('value out of range'), { code: '22003' });
    for (let count = 0; count < times; count += 1) finish.mockRejectedValueOnce(refusal);
    const { status, body } = await ask('hello');
    expect(status).toBe(times === 1 ? 200 : 503);
    expect(await stored(body)).toMatchObject(expected);
    if (times === 2) expect(body).toMatchObject({ code: 'answer_not_storable' });
    finish.mockRestore();
    expect((await ask('hello')).status).toBe(200);
  });

  it('does not hide the model names of other answers in the metrics', async () => {
    for (let count = 0; count < 40; count += 1) await ask(`H:model ${count}`);
    for (let count = 0; count < 2; count += 1) await ask('hello');
    const page = await (await stack.fetch('/metrics')).text();
    expect(new Set(page.match(/gen_ai_response_model="[^"]*"/g)).size).toBeLessThanOrEqual(27);
    expect(page).toContain('gen_ai_response_model="m"');
    expect(page).toMatch(/parley_llm_reduced_answers_total\{[^}]*part="metadata"\} 3/);
  });
});
