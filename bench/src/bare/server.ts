import { randomUUID as uuid } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { LlmPool } from './llm-pool.js';
import { beginTurn, finishTurn, tables } from './tables.js';

/**
 * The bare server: a durable turn with `node:http`, `ws` and `pg` only. It inserts the same four rows before it sends the same
 * frame to the LLM, stores the answer before it responds, and responds with the same JSON. It has no validation, history,
 * limits, retries, cancellation, event streams, owners or health probes.
 */
const { PORT = '', DATABASE_URL = '', LLM_URL = '' } = process.env;
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const llm = new LlmPool(LLM_URL);

await database.query(tables);
createServer((request, response) => {
  chat(request).then(
    (answer) => send(response, 200, answer),
    (error: unknown) => send(response, 500, { error: String(error) }),
  );
}).listen(Number(PORT), '127.0.0.1', () => process.stdout.write('ready\n'));

async function chat(request: IncomingMessage): Promise<object> {
  const { message } = JSON.parse(await bodyOf(request)) as { message: string };
  const [conversation, user, reply, run] = [uuid(), uuid(), uuid(), uuid()];
  await database.query(beginTurn, [conversation, message.slice(0, 80), user, message, reply, run]);
  const answer = await llm.ask(frameOf(message, conversation));
  const { response, tokens_used, model, finish_reason, metadata } = answer;
  await database.query(finishTurn, [reply, response, model, finish_reason, tokens_used, metadata, run]);
  return {
    success: true,
    response,
    tokens_used,
    model,
    finish_reason,
    source: 'primary',
    conversation_id: conversation,
    message_id: reply,
    run_id: run,
    metadata,
  };
}

/** The frame that Parley sends for a first message. */
function frameOf(message: string, conversation: string): string {
  return JSON.stringify({
    message,
    model: 'default',
    timestamp: new Date().toISOString(),
    metadata: {
      sql_mode: false,
      advanced_ai: false,
      user_preferences: {},
      session_context: { conversation_id: conversation, messages: [] },
    },
    settings: { max_tokens: 4000, temperature: 0.7, stream: false },
  });
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => resolve(body));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
