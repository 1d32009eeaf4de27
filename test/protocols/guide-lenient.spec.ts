import { guideProtocol } from '#llm';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { ScriptedServer } from '#testing';
import { exampleClient, exampleProtocol } from './example-client.js';

describe('guide-lenient.yaml', () => {
  it('passes over text that is not JSON, and reads binary frames', async () => {
    const server = await ScriptedServer.start((_frame, socket) => {
      for (const frame of ['ping', '', ': keepalive', '{"chunk":"a"}', '[DONE]', '{"heartbeat":1}'])
        socket.send(frame);
      socket.send(Buffer.from('{"response":"ab","done":true,"tokens_used":3}'));
    });
    const client = exampleClient('guide-lenient.yaml', server.url);
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: 'ab',
      completion: { usage: { totalTokens: 3 }, finishReason: 'completed' },
    });
    client.close();
    await server.stop();
  });

  it.each([
    { chunk: 'a' },
    { response: 'a', done: false },
    { response: 'a' },
    { response: 'a', done: true, finish_reason: 'length' },
    { chunk: 'b', done: true },
    { done: true },
    { error: true, error_code: 'overloaded', error_message: 'busy', retry_after: 2 },
    { error: 'busy' },
    { error: { code: 'model_not_found', message: 'none' } },
    { error: false, chunk: 'a' },
  ])('reads %j as guide does', (frame) => {
    const lenient = exampleProtocol('guide-lenient.yaml').decode(JSON.stringify(frame));
    const { event } = guideProtocol.decode(JSON.stringify(frame));
    const facts = { finishReason: 'completed', ...lenient.facts };
    if (event?.type === 'error') expect(lenient.event).toMatchObject({ type: 'error', error: event.error });
    else if (event?.type === 'end') expect({ ...lenient.event, ...facts }).toEqual(event);
    else expect(lenient.event).toEqual(event);
  });
});
