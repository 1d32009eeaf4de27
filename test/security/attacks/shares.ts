import { randomUUID } from 'node:crypto';
import { RawHttp } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MeasuredServer } from '../measured-server.js';
import { counted, manyAtOnce, type Attack } from './attack.js';

/** Creates conversations with the same words, so that a search for them has many matches. */
async function fillWithWords(server: MeasuredServer, conversations: number): Promise<void> {
  const words = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ');
  await manyAtOnce(conversations, 1, async () => {
    const ids = Array.from({ length: 1_000 }, () => randomUUID());
    const messages = ids.map((id, at) => ({
      id,
      parent_id: ids[at - 1] ?? null,
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: `${words} ${at}`,
    }));
    const { status } = await server.call('POST', '/api/import', {
      format: 'parley.conversation.v1',
      title: 'words',
      messages,
    });
    if (status !== 201) throw new Error(`an import: ${status}`);
  });
}

/** Attacks by one key that tries to use more than its share of a common resource. */
export const shareAttacks: readonly Attack[] = [
  {
    name: '40 parallel costly searches',
    prepare: (server, isLong) => fillWithWords(server, isLong ? 60 : 20),
    run: async (server, isLong) => {
      const until = Date.now() + (isLong ? 10_000 : 4_000);
      const outcomes: (number | string)[] = [];
      await Promise.all(
        Array.from({ length: 40 }, async (_, at) => {
          while (Date.now() < until) {
            const query = encodeURIComponent(at % 2 === 0 ? 'word1 word2 -zzz' : 'w');
            outcomes.push((await server.call('GET', `/api/conversations?limit=100&q=${query}`)).status);
            await sleep(5);
          }
        }),
      );
      return counted(outcomes);
    },
    responses: /^((200|429|503)(×\d+)?(, )?)+$/,
  },
  {
    name: '1,100 background responses that never end',
    run: async (server, isLong) => {
      const input = { model: 'default', input: 'H:drip', background: true };
      const got = await manyAtOnce(1_100, 8, () => server.call('POST', '/v1/responses', input));
      await sleep(isLong ? 10_000 : 3_000);
      return counted(got.map(({ status }) => status));
    },
    responses: /^((200|429|503)(×\d+)?(, )?)+$/,
  },
  {
    name: '3,000 idle event streams',
    run: async (server, isLong) => {
      const { text } = await server.call('POST', '/api/conversations', {});
      const { id } = JSON.parse(text) as { id: string };
      const head = RawHttp.head('GET', `/api/conversations/${id}/events`, [
        `Authorization: Bearer ${server.keys.ann}`,
      ]);
      const connections = await manyAtOnce(3_000, 16, async () =>
        (await RawHttp.open(server.url)).write(head),
      );
      await sleep(isLong ? 10_000 : 2_000);
      for (const connection of connections) connection.close();
      return counted(connections.flatMap(({ statuses }) => statuses));
    },
    responses: /^200×100, 429×2900$|^200×100, 429/,
  },
];
