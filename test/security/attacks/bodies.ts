import { randomUUID } from 'node:crypto';
import { RawHttp } from '#testing';
import { type MeasuredServer } from '../measured-server.js';
import { counted, type Attack } from './attack.js';

const many = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(',');
const keys = (count: number): string => many(count, (at) => `"k${at}":1`);
const importOf = (messages: string): string =>
  `{"format":"parley.conversation.v1","title":"t","messages":[${messages}]}`;

/** 125,000 keys: 1.4 MB, within the limit of a body. */
const keyCount = 125_000;

/**
 * Sends the headers and the body of an import without a key.
 * @param withheld number of announced bytes that are not sent
 * @returns the status, `closed` or `no answer`
 */
async function importWithoutKey(server: MeasuredServer, body: string, withheld: number): Promise<string> {
  const connection = await RawHttp.open(server.url);
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length + withheld}`];
  await connection.write(RawHttp.head('POST', '/api/import', headers)).sendAll(body);
  const outcome = await connection
    .until(() => connection.statuses.length > 0 || connection.isClosed)
    .then(
      () => String(connection.statuses[0] ?? 'closed'),
      () => 'no answer',
    );
  connection.close();
  return outcome;
}

/** Attacks with expensive bodies, with or without a key. */
export const bodyAttacks: readonly Attack[] = [
  {
    name: '60 MB to /api/import, without a key',
    run: async (server, isLong) =>
      importWithoutKey(server, `[${many(isLong ? 20_000_000 : 7_000_000, () => '{}')}]`, 0),
    responses: /^401$/,
  },
  {
    name: '8 × 60 MB to /api/import without a key, the last byte withheld',
    run: async (server, isLong) => {
      const body = 'x'.repeat(isLong ? 60_000_000 : 20_000_000);
      return counted(await Promise.all(Array.from({ length: 8 }, () => importWithoutKey(server, body, 1))));
    },
    responses: /^401(×8)?$/,
  },
  {
    name: '125,000 keys in a body, in `settings`, in `metadata`',
    run: async (server) => {
      const bodies = [
        `{"message":"x",${keys(keyCount)}}`,
        `{"message":"x","settings":{${keys(keyCount)}}}`,
        `{"message":"x","metadata":{${keys(keyCount)}}}`,
      ];
      const statuses = [];
      for (const body of bodies) statuses.push((await server.call('POST', '/api/chat', body)).status);
      return counted(statuses);
    },
    responses: /^400×3$/,
  },
  {
    name: '500,000 `{}` in `settings`, `metadata`, `input`, `messages`',
    run: async (server) => {
      const list = `[${many(450_000, () => '{}')}]`;
      const bodies: [string, string][] = [
        ['/api/chat', `{"message":"x","settings":${list}}`],
        ['/api/chat', `{"message":"x","metadata":{"a":${list}}}`],
        ['/v1/responses', `{"model":"default","input":${list}}`],
        ['/v1/chat/completions', `{"model":"default","messages":${list}}`],
      ];
      const statuses = [];
      for (const [path, body] of bodies) statuses.push((await server.call('POST', path, body)).status);
      return counted(statuses);
    },
    responses: /^400×4$/,
  },
  {
    name: '500,000 and 2,000,000 `{}` to /api/import',
    run: async (server, isLong) => {
      const statuses = [];
      for (const count of isLong ? [500_000, 2_000_000] : [500_000]) {
        const body = importOf(many(count, () => '{}'));
        statuses.push((await server.call('POST', '/api/import', body)).status);
      }
      return counted(statuses);
    },
    responses: /^400(×2)?$/,
  },
  {
    name: 'a valid import of 13 MB',
    run: async (server, isLong) => {
      const ids = Array.from({ length: isLong ? 100_000 : 50_000 }, () => randomUUID());
      const messages = ids.map((id, at) =>
        JSON.stringify({
          id,
          parent_id: ids[at - 1] ?? null,
          role: at % 2 === 0 ? 'user' : 'assistant',
          content: `w${at}`,
        }),
      );
      return String((await server.call('POST', '/api/import', importOf(messages.join(',')))).status);
    },
    responses: /^201$/,
  },
  {
    name: '`stop` of 380 kB against a repetitive answer',
    run: async (server) => {
      const ask = async (stop: string[]): Promise<number | string> =>
        (
          await server.call('POST', '/v1/chat/completions', {
            model: 'default',
            messages: [{ role: 'user', content: 'H:repetitive 4000' }],
            stream: true,
            stop,
          })
        ).status;
      const longest = ['a', 'b', 'c', 'd'].map((last) => 'H'.repeat(255) + last);
      return counted([await ask([`${'H'.repeat(380_000)}a`]), await ask(longest)]);
    },
    responses: /^400, 200$/,
  },
];
