import { setTimeout as delay } from 'node:timers/promises';
import { type LlmRequest, type Template } from '#llm';
import { encodeRequest, requestProtocol, type RequestForm } from '../draft/compile-request.js';
import { type OpeningStep, type RawExchange } from '../draft/raw-exchange.js';
import { dividedTemplate } from '../draft/sent-template.js';
import { receivedTexts, RecordedConnection } from '../connection/recorded-connection.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { type ProbeOptions } from './probes.js';
import { streamedRequest } from './requests.js';
import { eventsOfPackets } from './socket-io-events.js';

/** What is sent, and how. */
export interface RawRequest extends Partial<RequestForm> {
  template: Template;
  /** The question; default: to count. */
  question?: LlmRequest;
  /** How long to wait for the first frame of the response, in milliseconds; default: the timeout of answers. */
  silenceMs?: number;
}

/** Sends a request in frames of an unknown protocol and records the response. Undefined if the connection fails. */
export async function sendRawRequest(
  server: CheckedServer,
  { template, question, isNumericId = false, framing, silenceMs }: RawRequest,
  options: ProbeOptions,
): Promise<RawExchange | undefined> {
  const form: RequestForm = { isNumericId, framing };
  const { opening: frames, request } = dividedTemplate(template, framing);
  const protocol = requestProtocol(request, form);
  const connection = await RecordedConnection.open(
    withProtocol(protocol, server),
    options.connectTimeoutMs,
  ).catch(() => undefined);
  if (connection === undefined) return undefined;
  await delay(options.waits.openMs);
  const asked = question ?? streamedRequest(options);
  const id = connection.nextRequestId(!isNumericId);
  const context = { ...connection.context, learned: connection.learned, requestId: id };
  const textsSince = (index: number): string[] => {
    const texts = receivedTexts(connection.log.frames.slice(index));
    return framing === 'socket.io' ? eventsOfPackets(texts) : texts;
  };
  let since = connection.handshakeFrames;
  const opening: OpeningStep[] = [];
  for (const send of frames) {
    if (!connection.isOpen) break;
    opening.push({ send, after: textsSince(since) });
    since = connection.log.frames.length;
    const step = encodeRequest(requestProtocol(send, form), asked, context);
    await responseTo(
      connection,
      step,
      { firstMs: options.waits.quietMs, quietMs: options.waits.openMs },
      options,
    );
  }
  const greeting = textsSince(since);
  since = connection.log.frames.length;
  await responseTo(
    connection,
    encodeRequest(protocol, asked, context),
    { firstMs: silenceMs ?? options.timeouts.silenceMs, quietMs: options.waits.quietMs },
    options,
  );
  const received = textsSince(since);
  const { closed } = connection.log;
  connection.close();
  return {
    request,
    prompt: asked.message,
    id,
    ...form,
    isBinary: (connection.log.binaryFrames ?? 0) > 0,
    opening,
    greeting,
    received,
    closeCode: closed?.code,
    closeReason: closed?.reason ?? '',
  };
}

/** Sends frames and waits until the response is over: no further frame arrives, or the connection ends. */
async function responseTo(
  connection: RecordedConnection,
  frames: readonly string[],
  { firstMs, quietMs }: { firstMs: number; quietMs: number },
  { timeouts }: ProbeOptions,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(overall);
      resolve();
    };
    let timer = setTimeout(finish, firstMs);
    const overall = setTimeout(finish, timeouts.answerMs);
    connection.onClosed = finish;
    connection.onFrame = () => {
      clearTimeout(timer);
      timer = setTimeout(finish, quietMs);
    };
    if (!connection.isOpen) finish();
    else for (const frame of frames) connection.send(frame);
  });
  connection.onFrame = () => undefined;
  connection.onClosed = () => undefined;
}
