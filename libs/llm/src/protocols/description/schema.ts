import { emptyAnswerPolicies } from '../empty-answer.js';
import { session, socketIo } from './schema-connect.js';
import { learn, request } from './schema-request.js';
import {
  choice,
  flag,
  group,
  list,
  oneOrMore,
  paths,
  seconds,
  table,
  template,
  text,
  when,
} from './schema-parts.js';

const reach = ['answer', 'connection', 'nobody'];

const variable = {
  description: 'The default; null, or a mapping without a default, if every route must set the value.',
  type: ['string', 'number', 'boolean', 'null', 'object'],
  additionalProperties: false,
  properties: {
    default: {
      description: 'The value if a route sets none.',
      type: ['string', 'number', 'boolean'],
    },
    secret: flag('Whether the value is redacted in all output.'),
  },
};

const error = group(
  'Recognizes an error. It takes precedence over ends and pieces.',
  {
    when: when('The frame.'),
    code: paths('The path of its code.'),
    message: paths('The path of its message.'),
    retry_after: paths('The path of the wait time, in seconds.'),
    codes: table(
      'Parley’s code for each code of the server: rate_limited, overloaded, unauthorized, …',
      text('The code.'),
    ),
    reach: {
      ...choice('What it ends: the answer, every answer and the connection, or nothing (nobody).', ...reach),
    },
    reaches: table('The reach for each code of the server.', { enum: reach }),
    followed_by_end: flag(
      'Whether the end frame follows the error, as after every answer. The connection then waits for it.',
    ),
  },
  ['when'],
);

const format = choice('Whether the text is used as it is, or is HTML whose text counts.', 'text', 'html');

const end = group('Recognizes the end of an answer: a frame (when), or a pause (silence).', {
  when: when('The frame.'),
  silence: seconds(
    'For servers that mark no end: how long without another piece. The connection is then closed, unless frames have ids',
    0.05,
    60,
  ),
  text: paths('The path of the whole answer, if the end repeats it.'),
  piece: paths('The path of the last piece.'),
});

const delta = group(
  'Recognizes a piece of the answer.',
  {
    when: when('The frame; default: any frame with the text.'),
    text: paths('The path of the text.'),
    format,
    mode: choice('Whether the text is appended, or is the whole text so far.', 'append', 'cumulative'),
  },
  ['text'],
);

const connection = group('The rules of connections.', {
  reuse: choice(
    'pool: a connection carries requests of all callers. answer: one request. conversation: requests that continue one conversation.',
    'pool',
    'answer',
    'conversation',
  ),
  in_flight: {
    description:
      'Most requests at once on a connection, if the route shares connections and the server sends ids. ' +
      'Connections that belong to a conversation, or whose address names the model, carry one.',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
  },
  max_age: seconds('How long a connection takes requests', 1, 604_800),
  drain: oneOrMore(when('The frame that announces a close of the connection.')),
  keepalive: group(
    'A frame that keeps an idle connection open.',
    { send: template('The frame.'), every: seconds('The interval', 1) },
    ['send', 'every'],
  ),
  reply: list(
    'Replies to frames such as a ping.',
    group(
      'A reply.',
      {
        when: when('The frame.'),
        send: template('The reply; {{frame.path}} is the value at a path of that frame.'),
      },
      ['when', 'send'],
    ),
  ),
  ping: {
    description: 'Whether the server answers WebSocket pings; otherwise none are sent.',
    type: 'boolean',
    default: true,
  },
  binary: {
    description:
      'Whether binary frames contain text; ignore: they are ignored. Otherwise the first one ends the connection.',
    enum: [false, true, 'ignore'],
    default: false,
  },
});

/** The JSON Schema (2020-12) of a protocol description; `schemas/protocol.schema.json` is a copy for editors. */
export const PROTOCOL_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Protocol of an LLM server (Parley)',
  ...group(
    'The description of a protocol: the frames to send, and the meaning of received frames. docs/protocols.md has examples.',
    {
      $schema: { description: 'The path of this schema, for editors.', type: 'string' },
      name: {
        description: 'The name of the protocol.',
        type: 'string',
        pattern: '^[A-Za-z0-9_.-]{1,64}$',
        patternErrorMessage: 'must be 1 to 64 letters, digits, "_", "." or "-"',
      },
      extends: text('A shipped protocol with a description; the parts in this file replace its parts.'),
      variables: table('Variables that routes set, besides the API key: {{var.name}}.', variable),
      address: group('The WebSocket handshake; a text that contains an unset value is omitted.', {
        path: text('The path, if the address of the endpoint has none.'),
        query: table('Query parameters.', text('The value.')),
        headers: table('Headers; default: Authorization: Bearer with the API key.', text('The value.')),
        subprotocols: list('Subprotocols.', text('A subprotocol.')),
        sign: { description: 'The method that signs the address at each connect.', enum: ['iflytek'] },
      }),
      session,
      handshake: list('The handshake before the first request, in order.', {
        ...group('A step: a frame to send, or a frame to wait for.', {
          send: template('The frame; a list is several frames.'),
          expect: when('The frame to wait for; other frames are ignored, errors end the handshake.'),
          learn,
        }),
        minProperties: 1,
      }),
      frames: choice(
        'JSON, bare text, or mixed: an object if a frame is one, else text. A bare text is at the path $.',
        'json',
        'text',
        'mixed',
      ),
      separator: {
        description:
          'Divides a message into frames, such as "\\n" or "\\x1e"; a frame may also come in several messages. ' +
          'Each frame that is sent ends with it.',
        type: 'string',
        minLength: 1,
        maxLength: 10,
      },
      framing: {
        description:
          'socket.io: frames are events of Socket.IO (EIO=4, WebSocket alone), lists of a name and values; ' +
          'pings are answered. An acknowledgement is the frame [{ ack: id }, values].',
        enum: ['socket.io'],
      },
      socket_io: socketIo,
      json_in: paths(
        'Strings in a frame that contain JSON. $: the whole frame is a JSON string that contains JSON.',
      ),
      request,
      correlation: group('How frames are matched to requests.', {
        request: paths('The path at which the server repeats {{id}}.'),
        answer: paths(
          'The path of the server’s answer id, which at least one frame contains together with {{id}}.',
        ),
        ids: choice('Whether {{id}} is a unique text, or a number that counts up.', 'text', 'number'),
        optional: flag('Whether {{id}} is sent only if the route shares connections.'),
      }),
      ignore: oneOrMore(when('Frames to ignore, even if other rules match.')),
      error: oneOrMore(error),
      end: oneOrMore(end),
      delta: oneOrMore(delta),
      usage: group('The paths of token counts, in any frame.', {
        when: when('The frames; default: all.'),
        input: paths('The path of input tokens.'),
        output: paths('The path of output tokens.'),
        total: paths('The path of their sum.'),
      }),
      model: paths('The path of the model name.'),
      finish_reason: {
        ...group('The path of the finish reason.', {
          path: paths('The path.'),
          values: table('Replacements for values of the server.', text('The value.')),
        }),
        type: ['string', 'array', 'object'],
        required: ['path'],
        minLength: 1,
        minItems: 1,
        items: { type: 'string', minLength: 1 },
      },
      metadata: paths('The path of an object that is passed on with the answer.'),
      empty_answer: {
        description:
          'How an answer without text is treated: retry (a failure, so that another server is tried) or accept (valid). ' +
          'Default: LLM_EMPTY_ANSWER.',
        enum: [...emptyAnswerPolicies],
        default: emptyAnswerPolicies[0],
      },
      cancel: group(
        'The frame that cancels an answer; default: the connection is closed.',
        {
          send: template('The frame.'),
          ends: flag('Whether the server sends no end of a canceled answer, so that this frame is the end.'),
        },
        ['send'],
      ),
      close: group('The meaning of close codes.', {
        ends: list('Codes that end an answer normally, if it has a text.', {
          type: 'integer',
          minimum: 1000,
          maximum: 4999,
        }),
        errors: {
          ...table('Parley’s error code for close codes: { 1008: unauthorized }.', text('The code.')),
          propertyNames: { pattern: '^[1-4][0-9]{3}$', patternErrorMessage: 'must be a close code' },
        },
      }),
      connection,
      limits: group('Limits of these servers, instead of the general ones.', {
        frame: {
          description: 'Largest frame, in bytes.',
          type: 'integer',
          minimum: 1000,
          maximum: 1_073_741_824,
        },
        connect: seconds('For a connect, including the handshake'),
        first_token: seconds('For the first piece of a streamed answer'),
        idle: seconds('Between two pieces'),
        total: seconds('For one attempt'),
      }),
    },
    ['name'],
  ),
};
