import { setTimeout as delay } from 'node:timers/promises';
import { compileRequest } from '../draft/compile-request.js';
import { type RawExchange } from '../draft/exchange.js';
import { Line } from '../talk/line.js';
import { speaking, type Server } from '../talk/server.js';
import { type ProbeOptions } from './probes.js';
import { plainQuestion, streamedQuestion } from './questions.js';

/** After its last frame a server that goes on to say nothing is taken to be done, in milliseconds. */
const quietMs = 2_000;
const greetingMs = 300;

/** Asks in a frame of no known protocol, and notes what comes back. Undefined if there is no connection. */
export async function askRaw(
  server: Server,
  request: RawExchange['request'],
  options: ProbeOptions,
  isShort = false,
): Promise<RawExchange | undefined> {
  const bare = speaking({ name: 'unknown', encode: () => '', decode: () => ({}) }, server);
  const line = await Line.open(bare, options.connectTimeoutMs).catch(() => undefined);
  if (line === undefined) return undefined;
  await delay(greetingMs);
  const greeting = line.transcript.frames.map(({ text }) => text);
  const question = isShort ? plainQuestion(options) : streamedQuestion(options);
  const id = line.nextRequestId(true);
  const send = compileRequest(request);
  const known = line.transcript.frames.length;
  await new Promise<void>((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      clearTimeout(overall);
      resolve();
    };
    let timer = setTimeout(over, options.patience.silenceMs);
    const overall = setTimeout(over, options.patience.answerMs);
    line.onClosed = over;
    line.onFrame = () => {
      clearTimeout(timer);
      timer = setTimeout(over, quietMs);
    };
    if (!line.isOpen) over();
    else
      for (const frame of send(question, { ...line.context, learned: {}, requestId: id })) line.send(frame);
  });
  const { frames, closed } = line.transcript;
  const heard = frames.slice(known).flatMap(({ way, text }) => (way === 'heard' ? [text] : []));
  line.close();
  return {
    request,
    prompt: question.message,
    id,
    greeting,
    heard,
    closeCode: closed?.code,
    closeReason: closed?.reason ?? '',
  };
}
