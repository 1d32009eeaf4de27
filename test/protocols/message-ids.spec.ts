import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedServer } from '#testing';
import { Stack } from '../harness/stack.js';

const description = `
name: threads
request: { send: { text: '{{message}}', id: '{{message_id}}', parent: '{{parent_id}}', in: '{{conversation_id}}' } }
end: { when: { text: { present: true } }, text: text }
`;
const uuid = /^[0-9a-f-]{36}$/;

interface Turn {
  message: { id: string };
  reply: { id: string };
}

it('a description can name the message and the one before it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-ids-'));
  const file = join(folder, 'threads.yaml');
  await writeFile(file, description);
  const server = await ScriptedServer.start((_, socket) => socket.send('{"text":"Hello"}'));
  const stack = await Stack.start({ environment: { LLM_WEBSOCKET_URL: server.url, LLM_PROTOCOL: file } });
  const { id } = (await stack.call<{ id: string }>('POST', '/api/conversations', {})).body;
  const path = `/api/conversations/${id}/messages`;
  const { body: first } = await stack.call<Turn>('POST', path, { content: 'one' });
  const { body: second } = await stack.call<Turn>('POST', path, { content: 'two' });
  await stack.call('POST', '/v1/chat/completions', {
    model: 'default',
    messages: [{ role: 'user', content: 'three' }],
  });
  await stack.stop();
  await server.stop();
  await rm(folder, { recursive: true });
  expect(server.received).toEqual([
    { text: 'one', id: first.message.id, in: id },
    { text: 'two', id: second.message.id, parent: first.reply.id, in: id },
    { text: 'three', id: expect.stringMatching(uuid) as string },
  ]);
});
