import { createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type WebSocket } from 'ws';
import { type OnFrame } from './scripted-server.js';

/** The largest accepted difference between the clocks of client and server, in ms. */
const allowedSkewMs = 300_000;

/** The status for a handshake: 101, 401 for a wrong signature, 403 for a wrong clock. */
export function judgeSparkUpgrade(
  { url, headers }: IncomingMessage,
  { key, secret, now }: { key: string; secret: string; now: number },
): 101 | 401 | 403 {
  const { pathname, searchParams } = new URL(url!, `http://${headers.host}`);
  const [authorization, date, host] = ['authorization', 'date', 'host'].map(
    (name) => searchParams.get(name) ?? '',
  );
  if (host !== headers.host) return 401;
  const expected = createHmac('sha256', secret)
    .update([`host: ${host}`, `date: ${date}`, `GET ${pathname} HTTP/1.1`].join('\n'))
    .digest('base64');
  const given = Buffer.from(authorization!, 'base64').toString();
  const wanted = `api_key="${key}", algorithm="hmac-sha256", headers="host date request-line", signature="${expected}"`;
  if (given.length !== wanted.length || !timingSafeEqual(Buffer.from(given), Buffer.from(wanted))) return 401;
  return Math.abs(Date.parse(date!) - now) <= allowedSkewMs ? 101 : 403;
}

/** The answer of the fake: pieces, the last of them in the final frame, or an error. */
export interface FakeSparkAnswer {
  pieces?: readonly string[];
  error?: { code: number; message: string };
}

const schemaError: FakeSparkAnswer = { error: { code: 10004, message: 'schema error' } };

/** Imitates Spark after the handshake. */
export function fakeSpark(answer: (text: string) => FakeSparkAnswer): OnFrame {
  return (frame, client) => {
    const { payload } = frame as { payload?: { message: { text: { content: string }[] } } };
    const { pieces = ['Hel', 'lo'], error } =
      payload === undefined ? schemaError : answer(payload.message.text.at(-1)!.content);
    if (error === undefined) sendAnswer(pieces, client);
    else client.send(JSON.stringify({ header: { ...error, sid: 'cht1', status: 2 } }));
  };
}

function sendAnswer(pieces: readonly string[], client: WebSocket): void {
  pieces.forEach((content, seq) => {
    const status = seq === pieces.length - 1 ? 2 : Math.min(seq, 1);
    const choices = { status, seq, text: [{ content, role: 'assistant', index: 0 }] };
    const text = { question_tokens: 4, prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
    const payload = status === 2 ? { choices, usage: { text } } : { choices };
    client.send(JSON.stringify({ header: { code: 0, message: 'Success', sid: 'cht1', status }, payload }));
  });
  client.close();
}
