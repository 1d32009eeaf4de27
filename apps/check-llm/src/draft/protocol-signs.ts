import { parseFrame, type Leaves } from './leaves.js';

/** What a server has shown of a protocol that it speaks. */
export interface Sign {
  /** The name of the protocol. */
  name: string;
  /** What to do about it. */
  advice: string;
  /** A description of it, as a value for LLM_PROTOCOL. */
  file?: string;
}

/** Everything that a server has sent while its protocol was unknown. */
export interface Evidence {
  frames: readonly string[];
  closes: readonly { code: number; reason: string }[];
}

/** Recognizes one protocol. */
interface SignRule extends Sign {
  ofFrame?: (leaves: Leaves, frame: string) => boolean;
  ofText?: RegExp;
  ofClose?: (close: { code: number; reason: string }) => boolean;
}

const isJsonRpc = (leaves: Leaves): boolean => leaves.get('jsonrpc') === '2.0';
const typeIs =
  (...types: readonly string[]) =>
  (leaves: Leaves): boolean =>
    types.includes(String(leaves.get('type')));

/** The rules, the most specific first. */
const rules: readonly SignRule[] = [
  {
    name: 'Socket.IO',
    advice:
      "In a description: framing: socket.io, and send: [[event, { message: '{{message}}' }]] with the name of the event that " +
      'the server listens for (examples/protocols/rasa.yaml is one). To draft it: --send \'[["event",{"message":"{{prompt}}"}]]\'.',
    ofText: /^0\{"sid":/,
  },
  {
    name: 'GraphQL over WebSocket (graphql-transport-ws)',
    advice:
      'The server wants a WebSocket subprotocol: adapt examples/protocols/graphql-transport-ws.yaml. In a description: address: { subprotocols: [graphql-transport-ws] }, and a ' +
      'handshake that sends { type: connection_init } and expects { type: connection_ack }.',
    ofFrame: typeIs('connection_ack', 'connection_error', 'connection_keep_alive'),
    ofClose: ({ code, reason }) =>
      [4406, 4408, 4429].includes(code) ||
      (code === 4401 && reason === 'Unauthorized') ||
      /subprotocol/i.test(reason),
  },
  {
    name: 'Home Assistant',
    advice:
      'It wants a long-lived access token first: set LLM_API_KEY, and LLM_PROTOCOL=examples/protocols/home-assistant.yaml.',
    file: 'examples/protocols/home-assistant.yaml',
    ofFrame: (leaves) => leaves.has('ha_version'),
  },
  {
    name: 'a protocol that begins with authentication',
    advice:
      'In a description: a handshake that expects that frame, sends the key ({{api_key}}, from LLM_API_KEY), and expects the ' +
      'frame that accepts it. To draft it: --send with a list, the frame with the key first.',
    ofFrame: (leaves) =>
      ['type', 'event', 'status', 'kind', 'op', 'action', 'message', 'error', 'code'].some((key) =>
        /^(auth(entication)?|login|token)[_ .-]?(required|needed|request|missing)|^(unauthenticated|not[_ ]authenticated|please (log|sign) ?in)/i.test(
          String(leaves.get(key)),
        ),
      ),
  },
  {
    name: 'ACP, the Agent Client Protocol (JSON-RPC 2.0)',
    advice:
      'Set LLM_PROTOCOL=examples/protocols/acp.yaml. A session is needed for each answer: initialize, session/new, session/prompt.',
    file: 'examples/protocols/acp.yaml',
    ofFrame: (leaves, frame) => isJsonRpc(leaves) && frame.includes('"agentCapabilities"'),
  },
  {
    name: 'MCP, the Model Context Protocol (JSON-RPC 2.0)',
    advice: 'It offers tools and documents to a model, and is no LLM server: Parley cannot chat with it.',
    ofFrame: (leaves, frame) => isJsonRpc(leaves) && frame.includes('"serverInfo"'),
  },
  {
    name: 'JSON-RPC 2.0',
    advice:
      "In a description: request: { send: { jsonrpc: '2.0', id: '{{id}}', method: …, params: { … } } }, correlation: " +
      '{ request: id }, and error: { when: { error: { present: true } }, code: error.code, message: error.message }. To ' +
      'draft it: --send with such a frame.',
    ofFrame: isJsonRpc,
  },
  {
    name: 'Phoenix channels',
    advice:
      'A topic must be joined first: adapt examples/protocols/phoenix-channels.yaml. In a description, a handshake that sends [[join, ref, topic, phx_join, {}]] and expects ' +
      'phx_reply; keepalive: a heartbeat every 30 s.',
    ofFrame: (leaves) =>
      [...leaves.values()].some((value) => /^phx_(reply|error|close|join)$/.test(String(value))),
  },
  {
    name: 'Rails Action Cable',
    advice:
      'A channel must be subscribed first: a handshake that expects { type: welcome } and sends { command: subscribe }.',
    ofFrame: (leaves) =>
      typeIs('welcome', 'confirm_subscription', 'reject_subscription')(leaves) && leaves.size <= 3,
  },
  {
    name: 'SignalR',
    advice: String.raw`In a description: separator: "\x1e", and a handshake that sends { protocol: json, version: 1 }.`,
    ofText: /\x1e$/, // eslint-disable-line no-control-regex
  },
  {
    name: 'STOMP',
    advice: 'Its frames are no JSON: a class is needed.',
    ofText: /^(CONNECTED|ERROR|MESSAGE)\r?\n/,
  },
  {
    name: 'SockJS',
    advice: 'Use its raw WebSocket, usually at /websocket.',
    ofText: /^(o|h|c\[\d+,"|a\["[\s\S]*"\])$/,
  },
  {
    name: 'Pusher',
    advice: 'A channel must be subscribed first: it is no LLM server by itself.',
    ofFrame: (leaves) => /^pusher:/.test(String(leaves.get('event'))),
  },
  {
    name: 'Meteor DDP',
    advice: 'A handshake must send { msg: connect, version: "1", support: ["1"] }.',
    ofFrame: (leaves) =>
      leaves.has('server_id') || ['connected', 'failed'].includes(String(leaves.get('msg'))),
  },
];

/** The protocol that the evidence shows; undefined if none is known. */
export function protocolSign({ frames, closes }: Evidence): Sign | undefined {
  const parsed = frames.map((frame) => ({ frame, leaves: parseFrame(frame).leaves }));
  return rules.find(
    ({ ofFrame, ofText, ofClose }) =>
      parsed.some(
        ({ frame, leaves }) =>
          (leaves !== undefined && ofFrame?.(leaves, frame) === true) || ofText?.test(frame) === true,
      ) || closes.some((close) => ofClose?.(close) === true),
  );
}
