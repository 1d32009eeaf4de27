import { LlmFrameError, LlmServerError } from '../../errors/answer-errors.js';
import { parseFrame } from '../../frame-json.js';
import { isJsonObject } from '../json-values.js';
import { type DecodedFrame, type Handshake, type LlmProtocol } from '../protocol.js';
import { type ProtocolDescription, type Template } from './description.js';
import { type Location } from './mistakes.js';
import { type ConnectionValues } from './placeholders.js';
import { withSentFrames } from './sent-frames.js';
import { connectPacket, eventPacket, mainNamespace, readPacket, type Packet } from './socket-io-packet.js';
import { compileFrame, type Placeholders } from './template.js';

/**
 * The same protocol in packets of Socket.IO. Its frames are events: lists of a name and values. An acknowledgement is read
 * as `[{"ack": id}, …values]`.
 */
export function withSocketIo(
  protocol: LlmProtocol,
  description: ProtocolDescription,
  location: Location,
  known: Placeholders<ConnectionValues>,
): LlmProtocol {
  const { socket_io = {}, correlation } = description;
  const { namespace = mainNamespace, auth, ack = false } = socket_io;
  const at = location.at('socket_io');
  if (ack && correlation?.ids !== 'number') {
    at.at('ack').report('needs correlation: { request: 0.ack, ids: number }');
  }
  reportOtherFrames(description, location);
  const authOf = auth === undefined ? () => '' : compileFrame(auth, at.at('auth'), known);
  const packed = withSentFrames(protocol, (json) => eventPacket(namespace, json));
  return {
    ...packed,
    handshake: (context) => connect(namespace, authOf({ context }), protocol.handshake?.(context)),
    encode: (request, context) => {
      if (!ack) return packed.encode(request, context);
      const frames = [protocol.encode(request, context)].flat();
      return frames.map((json) => eventPacket(namespace, json, context.requestId));
    },
    decode: (text) => decodePacket(readPacket(text, namespace), packed),
  };
}

function decodePacket(packet: Packet, protocol: LlmProtocol): DecodedFrame {
  switch (packet.type) {
    case 'event':
      return protocol.decode(packet.json);
    case 'ack':
      return protocol.decode(ackFrame(packet.id, packet.json));
    case 'ping':
      return { reply: packet.reply };
    case 'closed':
      return { event: { type: 'error', error: closedError(), reach: 'connection' } };
    case 'refused':
      return { event: { type: 'error', error: refusal(packet.message), reach: 'connection' } };
    default:
      return {};
  }
}

/** An acknowledgement as a frame: its id, then its values. */
function ackFrame(id: string, values: string): string {
  const head = `{"ack":${id}}`;
  return values === '[]' ? `[${head}]` : `[${head},${values.slice(1)}`;
}

/** Connects to the namespace, then runs the handshake of the protocol in events. */
function* connect(namespace: string, auth: string, inner: Handshake | undefined): Handshake {
  let toSend: readonly string[] = [];
  const receive = function* (): Generator<readonly string[], Packet, string> {
    for (;;) {
      const packet = readPacket(yield toSend, namespace);
      toSend = [];
      if (packet.type === 'ping') toSend = [packet.reply];
      else if (packet.type === 'refused') throw refusal(packet.message);
      else if (packet.type === 'closed') throw closedError();
      else if (packet.type !== 'other') return packet;
    }
  };
  if ((yield* receive()).type !== 'open') throw new LlmFrameError('it is not the first packet of Socket.IO');
  toSend = [connectPacket(namespace, auth)];
  while ((yield* receive()).type !== 'connected');
  if (inner === undefined) return;
  const pack = (json: string): string => eventPacket(namespace, json);
  let step = inner.next();
  while (!step.done) {
    toSend = [...toSend, ...step.value.map(pack)];
    let packet: Packet = yield* receive();
    while (packet.type !== 'event') packet = yield* receive();
    step = inner.next(packet.json);
  }
  const end = step.value;
  return { ...end, send: [...toSend, ...(end?.send ?? []).map(pack)] };
}

function closedError(): LlmServerError {
  return new LlmServerError('connection_closed', 'the server closed the connection of Socket.IO');
}

/** The server refused the connect packet: credentials, or a namespace that it does not have. */
function refusal(json: string): LlmServerError {
  let reason: unknown;
  try {
    reason = parseFrame(json);
  } catch {
    reason = json;
  }
  const message = isJsonObject(reason) ? reason.message : reason;
  return new LlmServerError('unauthorized', typeof message === 'string' ? message : '');
}

/** Reports frames that are no events. */
function reportOtherFrames(
  { handshake = [], request, cancel, connection = {} }: ProtocolDescription,
  location: Location,
): void {
  const check = (frame: Template, at: Location, isOnly: boolean): void => {
    if (Array.isArray(frame) && typeof (frame as readonly unknown[])[0] === 'string') return;
    at.report(`must be an event of Socket.IO: ${isOnly ? '[name, value]' : '[[name, value]]'}`);
  };
  const checkAll = (frames: Template | undefined, at: Location): void => {
    if (frames === undefined) return;
    if (!Array.isArray(frames)) check(frames, at, false);
    else for (const frame of frames as readonly Template[]) check(frame, at, false);
  };
  handshake.forEach((step, index) => {
    if ('send' in step) checkAll(step.send, location.at('handshake').at(index).at('send'));
  });
  checkAll(request?.send, location.at('request').at('send'));
  (request?.then ?? []).forEach(({ send }, index) =>
    checkAll(send, location.at('request').at('then').at(index).at('send')),
  );
  if (cancel !== undefined) check(cancel.send, location.at('cancel').at('send'), true);
  const { keepalive, reply = [] } = connection;
  const at = location.at('connection');
  if (keepalive !== undefined) check(keepalive.send, at.at('keepalive').at('send'), true);
  reply.forEach(({ send }, index) => check(send, at.at('reply').at(index).at('send'), true));
}
