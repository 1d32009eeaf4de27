import { setTimeout as delay } from 'node:timers/promises';
import { compileRequest } from '../draft/compile-request.js';
import { type RawExchange } from '../draft/raw-exchange.js';
import { receivedTexts, RecordedConnection } from '../connection/recorded-connection.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { type ProbeOptions } from './probes.js';
import { streamedRequest } from './requests.js';

/** Sends a request in frames of an unknown protocol and records the response. Undefined if the connection fails. */
export async function sendRawRequest(
  server: CheckedServer,
  request: RawExchange['request'],
  options: ProbeOptions,
): Promise<RawExchange | undefined> {
  const bare = withProtocol({ name: 'unknown', encode: () => '', decode: () => ({}) }, server);
  const connection = await RecordedConnection.open(bare, options.connectTimeoutMs).catch(() => undefined);
  if (connection === undefined) return undefined;
  await delay(options.waits.openMs);
  const greeting = connection.log.frames.map(({ text }) => text);
  const question = streamedRequest(options);
  const id = connection.nextRequestId(true);
  const send = compileRequest(request);
  const framesBefore = connection.log.frames.length;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(overall);
      resolve();
    };
    let timer = setTimeout(finish, options.timeouts.silenceMs);
    const overall = setTimeout(finish, options.timeouts.answerMs);
    connection.onClosed = finish;
    connection.onFrame = () => {
      clearTimeout(timer);
      timer = setTimeout(finish, options.waits.quietMs);
    };
    if (!connection.isOpen) finish();
    else
      for (const frame of send(question, { ...connection.context, learned: {}, requestId: id }))
        connection.send(frame);
  });
  const { frames, closed } = connection.log;
  const received = receivedTexts(frames.slice(framesBefore));
  connection.close();
  return {
    request,
    prompt: question.message,
    id,
    greeting,
    received,
    closeCode: closed?.code,
    closeReason: closed?.reason ?? '',
  };
}
