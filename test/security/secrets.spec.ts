import pg from 'pg';
import { type WebSocket } from 'ws';
import { createTestDatabase, Program, ScriptedServer, type TestDatabase } from '#testing';
import { usesBuild } from '../harness/build.js';

const keys = { ann: 'ann-canary-key-0123456789', ops: 'ops-canary-key-9876543210' };
const canaries = {
  key: 'Key/Canary+0123',
  password: 'Pass-Canary-4567',
  token: 'Token_Canary_89ab',
};
const basic = Buffer.from(`llm-user:${canaries.password}`);

/** The forms in which a server may echo a secret. */
const forms = [...Object.values(canaries), `llm-user:${canaries.password}`].flatMap((secret) => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    secret.toUpperCase(),
    secret.toLowerCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(encodeURIComponent(secret)).replaceAll('-', '%2D'),
    [...bytes].map((byte) => `%${byte.toString(16)}`).join(''),
    [...secret].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join(''),
    Buffer.from(`Bearer ${secret} and more`).toString('base64'),
  ];
});
const all = forms.join(' ; ');

/** Answers with all forms of the secrets, in the way that the question selects. */
function answer(frame: Record<string, unknown>, client: WebSocket): void {
  const send = (content: object): void => client.send(JSON.stringify(content));
  const facts = {
    model: `m ${forms[3]}`,
    finish_reason: forms[0],
    metadata: { [`k ${canaries.token}`]: [{ deep: all }] },
    tokens_used: 3,
  };
  switch (frame.message) {
    case 'plain':
      send({ response: all, done: true, ...facts });
      return;
    case 'pieces':
      for (let at = 0; at < all.length; at += 3) send({ chunk: all.slice(at, at + 3) });
      send({ done: true, ...facts });
      return;
    case 'error':
      send({ error: true, error_code: forms[3], error_message: all });
      return;
    case 'refusal':
      send({ error: true, error_code: 'invalid_request', error_message: `${canaries.key}: ${all}` });
      return;
    case 'shape':
      send(Object.fromEntries(forms.map((form) => [form, 1])));
      return;
    default:
      client.close(4000, `not ${canaries.password} ${basic.toString('base64')}`);
  }
}

/** Real: the compiled server in a process with its log, and PostgreSQL. Mocked: an LLM server that echoes its secrets. */
describe('no form of a secret', () => {
  let llm: ScriptedServer;
  let database: TestDatabase;
  let server: Program;
  let url: string;
  const shown: Record<string, string> = {};

  usesBuild();
  beforeAll(async () => {
    llm = await ScriptedServer.start(answer);
    database = await createTestDatabase();
    const address = llm.url.replace('ws://', `ws://llm-user:${canaries.password}@`);
    server = new Program('apps/server/src/main', {
      PORT: '0',
      LOG_LEVEL: 'trace',
      LOG_FORMAT: 'json',
      DATABASE_URL: database.url,
      LLM_WEBSOCKET_URL: `${address}?token=${canaries.token}`,
      LLM_API_KEY: canaries.key,
      LLM_MAX_RETRIES: '0',
      AUTH: 'keys',
      API_KEYS: `ann:${keys.ann}`,
      OPERATOR_KEYS: `ops:${keys.ops}`,
    });
    url = (await server.waitForOutput(/"url":"(http:[^"]+)"/))[1]!;
    await collect();
  }, 300_000);
  afterAll(async () => {
    await server.stop('SIGKILL');
    await llm.stop();
    await database.drop();
  });

  const call = async (path: string, body?: object, key = keys.ann): Promise<string> => {
    const response = await fetch(url + path, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
    return `${JSON.stringify([...response.headers])}\n${await response.text()}`;
  };

  async function collect(): Promise<void> {
    for (const message of ['plain', 'pieces', 'error', 'refusal', 'shape', 'close']) {
      for (const stream of [false, true]) {
        shown[`${message} ${stream}`] = await call('/api/chat', { message, settings: { stream } });
        shown[`/v1 ${message} ${stream}`] = await call('/v1/chat/completions', {
          model: 'default',
          messages: [{ role: 'user', content: message }],
          stream,
        });
      }
    }
    shown.metrics = await call('/metrics', undefined, keys.ops);
    shown.health = await call('/api/llm/health', undefined, keys.ops);
    const sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    for (const table of ['messages', 'runs', 'run_pieces', 'conversations']) {
      const { rows } = await sql.query<{ row: object }>(`SELECT to_json(t) AS row FROM ${table} t`);
      shown[table] = rows.map(({ row }) => JSON.stringify(row)).join('\n');
    }
    const { rows } = await sql.query<{ id: string }>('SELECT id FROM runs');
    for (const { id } of rows) {
      shown[`run ${id}`] = await call(`/api/runs/${id}`);
      shown[`events of ${id}`] = await call(`/api/runs/${id}/events`);
      shown[`run ${id} for operators`] = await call(`/api/runs/${id}`, undefined, keys.ops);
    }
    await sql.end();
    shown.log = server.output;
  }

  it('is in a response, a row, the log or the metrics', () => {
    expect(shown.messages).toContain('[secret]');
    expect(shown.log).toContain('LLM attempt failed');
    const found = Object.entries(shown).flatMap(([place, text]) => {
      // A form may also have been escaped.
      const texts = [text, text.replaceAll('\\\\', '\\')].map((one) => one.toLowerCase());
      return [...forms, ...Object.values(keys)]
        .filter((form) => texts.some((one) => one.includes(form.toLowerCase())))
        .map((form) => `${place}: ${form}`);
    });
    expect(found).toEqual([]);
  });

  it('makes the streamed and the plain answer differ', () => {
    const rows = shown
      .messages!.split('\n')
      .map((row) => JSON.parse(row) as { role: string; content: string });
    const answers = rows.filter(({ role, content }) => role === 'assistant' && content !== '');
    expect(answers.length).toBeGreaterThanOrEqual(4);
    expect(new Set(answers.map(({ content }) => content)).size).toBe(1);
  });

  it('and no address of the LLM server is shown to callers', () => {
    const { host } = new URL(llm.url);
    const places = Object.entries(shown).filter(
      ([place]) => !/metrics|health|log|operators|^runs$/.test(place),
    );
    expect(places.filter(([, text]) => text.includes(host)).map(([place]) => place)).toEqual([]);
    expect(Object.values(shown).join()).toContain('"endpoint":"primary-1"');
    for (const place of ['metrics', 'health', 'log', 'runs']) expect(shown[place]).toContain(host);
  });
});
