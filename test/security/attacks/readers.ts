import { RawHttp } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MeasuredServer } from '../measured-server.js';
import { counted, manyAtOnce, type Attack } from './attack.js';

/** Creates a conversation with messages of 1 MB. @returns the path of its list in `/v1` */
async function longConversation(server: MeasuredServer, messages: number): Promise<string> {
  const { text } = await server.call('POST', '/v1/conversations', {});
  const { id } = JSON.parse(text) as { id: string };
  const items = [{ role: 'user', content: 'ab c '.repeat(209_000) }];
  for (let sent = 0; sent < messages; sent += 1) {
    const { status } = await server.call('POST', `/v1/conversations/${id}/items`, { items });
    if (status !== 200) throw new Error(`an item of 1 MB: ${status}`);
  }
  return `/v1/conversations/${id}/items?limit=100`;
}

/** The path of the same list in `/api`. */
const inApi = (path: string): string => {
  const hex = /conv_([0-9a-f]{32})/.exec(path)![1]!;
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  return `/api/conversations/${id}/messages?limit=100`;
};

/** Sends requests without reading their responses, and keeps the connections open for `heldMs`. */
async function neverRead(
  server: MeasuredServer,
  path: string,
  count: number,
  heldMs: number,
): Promise<string> {
  const head = RawHttp.head('GET', path, [`Authorization: Bearer ${server.keys.ann}`]);
  const connections = await manyAtOnce(count, 4, async () =>
    (await RawHttp.open(server.url)).stopReading().write(head),
  );
  await sleep(heldMs);
  for (const connection of connections) connection.close();
  return `${count} opened`;
}

const held = (isLong: boolean): number => (isLong ? 20_000 : 3_000);

/** The path of the list that `prepare` created, for `run`. */
const lists = new WeakMap<MeasuredServer, string>();

const fill = async (server: MeasuredServer, isLong: boolean): Promise<void> => {
  lists.set(server, await longConversation(server, isLong ? 100 : 40));
};

/** Attacks by readers of large responses, including readers that read nothing. */
export const readerAttacks: readonly Attack[] = [
  {
    name: '10 parallel lists of 100 messages of 1 MB',
    prepare: fill,
    run: async (server) => {
      const paths = [lists.get(server)!, inApi(lists.get(server)!)];
      const got = await manyAtOnce(10, 10, (at) => server.call('GET', paths[at % 2]!));
      return counted(got.map(({ status }) => status));
    },
    responses: /^(200|429|503)/,
  },
  {
    name: '9 of these lists that are never read',
    prepare: fill,
    run: (server, isLong) => neverRead(server, inApi(lists.get(server)!), 9, held(isLong)),
    responses: /opened/,
  },
  {
    name: '80 event streams of an answer of 4 MB that are never read',
    run: async (server, isLong) => {
      const { text } = await server.call('POST', '/api/chat', { message: 'H:length 4000000' });
      const { run_id } = JSON.parse(text) as { run_id: string };
      return neverRead(server, `/api/runs/${run_id}/events`, 80, held(isLong));
    },
    responses: /opened/,
  },
];
