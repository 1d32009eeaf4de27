import { LlmFrameError } from '../../errors/answer-errors.js';

/** The path of Socket.IO servers, and the query for Engine.IO 4 over WebSocket alone. */
export const socketIoAddress = { path: '/socket.io/', query: { EIO: '4', transport: 'websocket' } };

/** The namespace of clients that name none. */
export const mainNamespace = '/';

/** The meaning of a packet. */
export type Packet =
  /** Engine.IO is ready for the connect packet. */
  | { type: 'open' }
  /** The reply to a ping. */
  | { type: 'ping'; reply: string }
  /** The server accepts or refuses the connect packet. */
  | { type: 'connected' | 'refused'; message: string }
  /** An event, `["name", …]`, as JSON. */
  | { type: 'event'; json: string }
  /** The answer to an event that asked for one: its values as a JSON list. */
  | { type: 'ack'; id: string; json: string }
  | { type: 'closed' }
  | { type: 'other' };

const engine = {
  open: '0',
  close: '1',
  ping: '2',
  pong: '3',
  message: '4',
  upgrade: '5',
  noop: '6',
} as const;

/** Number of attachments, namespace, id and JSON of a packet. Each part has its own alphabet, so matching is linear. */
// eslint-disable-next-line security/detect-unsafe-regex -- linear: each part begins with another character
const message = /^(?:(\d{1,4})-)?(?:(\/[^,]{0,200}),)?(\d{0,15})([\s\S]*)$/;

/** The packet that sends a frame as an event. @param ackId asks for an acknowledgement with this id */
export function eventPacket(namespace: string, json: string, ackId = ''): string {
  return `${engine.message}2${prefix(namespace)}${ackId}${json}`;
}

/** The packet that connects to a namespace. */
export function connectPacket(namespace: string, auth: string): string {
  return `${engine.message}0${prefix(namespace)}${auth}`;
}

/**
 * Reads a packet of Engine.IO 4 and Socket.IO 5. Packets of other namespaces have no meaning.
 * @throws LlmFrameError if the text is no packet
 */
export function readPacket(text: string, namespace: string): Packet {
  switch (text[0]) {
    case engine.open:
      return { type: 'open' };
    case engine.close:
      return { type: 'closed' };
    case engine.ping:
      return { type: 'ping', reply: engine.pong + text.slice(1) };
    case engine.pong:
    case engine.upgrade:
    case engine.noop:
      return { type: 'other' };
    case engine.message:
      return readMessage(text, namespace);
    default:
      throw new LlmFrameError('it is no packet of Socket.IO');
  }
}

function readMessage(text: string, wanted: string): Packet {
  const [, , namespace = mainNamespace, id = '', json = ''] = message.exec(text.slice(2)) ?? [];
  if (namespace !== wanted) return { type: 'other' };
  switch (text[1]) {
    case '0':
      return { type: 'connected', message: '' };
    case '1':
      return { type: 'closed' };
    case '2':
    case '5':
      return { type: 'event', json };
    case '3':
    case '6':
      return { type: 'ack', id, json };
    case '4':
      return { type: 'refused', message: json };
    default:
      throw new LlmFrameError('it is no packet of Socket.IO');
  }
}

function prefix(namespace: string): string {
  return namespace === mainNamespace ? '' : `${namespace},`;
}
