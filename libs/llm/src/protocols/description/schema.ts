import { emptyAnswerPolicies } from '../empty-answer.js';
import {
  choice,
  flag,
  group,
  list,
  oneOrMore,
  path,
  paths,
  seconds,
  table,
  template,
  text,
  when,
} from './schema-parts.js';

const reach = ['answer', 'connection', 'nobody'];

const learn = table(
  'What to keep of the frame: a name, for {{learned.name}}, and a path.',
  path('Where it is.'),
);

const perRole = (what: string, one: object) => ({
  each: { ...one, description: `${what} for every role without one of its own.` },
  ...Object.fromEntries(
    ['system', 'user', 'assistant'].map((role) => [
      role,
      { ...one, description: `${what} of the role ${role}; null leaves such messages out.` },
    ]),
  ),
});

const variable = {
  description: 'A default; null, or a mapping without one, if every route has to give the value.',
  type: ['string', 'number', 'boolean', 'null', 'object'],
  additionalProperties: false,
  properties: {
    default: {
      description: 'The value where a route gives none.',
      type: ['string', 'number', 'boolean'],
    },
    secret: flag('Whether it is kept out of everything that is shown.'),
  },
};

const request = group(
  'What is sent for a request.',
  {
    send: template('The frame; a list is as many frames.'),
    then: list(
      'What follows when the server has said something.',
      group(
        'A further step.',
        { when: when('The frame that it waits for.'), learn, send: template('What is sent then.') },
        ['when'],
      ),
    ),
    roles: group('What the server calls the roles.', {
      system: text('Instead of system.'),
      user: text('Instead of user.'),
      assistant: text('Instead of assistant.'),
    }),
    messages: group(
      'How a message looks in {{messages}} and {{history}}; {{role}} and {{text}} are its own.',
      perRole('A message', {}),
    ),
    prompt: group('How {{prompt}} is made of all messages; {{role}} and {{text}} are a message’s own.', {
      ...perRole('The line', { type: ['string', 'null'], maxLength: 2000 }),
      end: {
        description: 'What follows the last line.',
        type: 'string',
        maxLength: 2000,
        default: 'assistant:',
      },
      alone: { ...text('The prompt when nothing was said before.'), default: '{{text}}' },
    }),
  },
  ['send'],
);

const error = group(
  'What an error looks like. It is looked for before ends and pieces.',
  {
    when: when('How it is told.'),
    code: paths('Its code.'),
    message: paths('Its message.'),
    retry_after: paths('For how long to wait, in seconds.'),
    codes: table(
      'The server’s codes in Parley’s words: rate_limited, overloaded, unauthorized, …',
      text('The word.'),
    ),
    reach: {
      ...choice('Whom it ends: the answer, every answer with the connection, or nobody.', ...reach),
    },
    reaches: table('The same, by the server’s code.', { enum: reach }),
  },
  ['when'],
);

const end = group(
  'What the end of an answer looks like.',
  {
    when: when('How it is told.'),
    text: paths('The whole answer, if it is repeated.'),
    piece: paths('The last piece of it.'),
  },
  ['when'],
);

const delta = group(
  'Where the text is.',
  {
    when: when('Which frames carry it; left out: all that have the text.'),
    text: paths('The text.'),
    mode: choice('A piece to append, or all of the text so far.', 'append', 'cumulative'),
  },
  ['text'],
);

const connection = group('How connections are treated.', {
  reuse: choice(
    'For anybody’s next request, for one answer, or for those who go on from what was said on it.',
    'pool',
    'answer',
    'conversation',
  ),
  in_flight: {
    description:
      'Most requests at once on a connection, if the route shares connections and the server names answers. ' +
      'Connections that belong to a conversation, or whose address names the model, carry one.',
    type: 'integer',
    minimum: 1,
    maximum: 1000,
  },
  max_age: seconds('For how long a connection takes requests', 1, 604_800),
  drain: oneOrMore(when('How the server announces that it will close the connection.')),
  keepalive: group(
    'A frame that keeps an idle connection open.',
    { send: template('The frame.'), every: seconds('How often', 1) },
    ['send', 'every'],
  ),
  reply: list(
    'What is sent back at once to frames such as a ping.',
    group(
      'A reply.',
      {
        when: when('To what.'),
        send: template('The reply; {{frame.path}} is what that frame says there.'),
      },
      ['when', 'send'],
    ),
  ),
  ping: {
    description: 'Whether the server answers WebSocket pings; if not, none are sent.',
    type: 'boolean',
    default: true,
  },
  binary: flag('Whether text comes in binary frames, too.'),
});

/** The form of a protocol's description, in JSON Schema 2020-12; `schemas/protocol.schema.json` is the same for editors. */
export const PROTOCOL_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'How an LLM server speaks (Parley)',
  ...group(
    'A protocol, described: what is sent, and what the frames that come back mean. docs/protocols.md has examples.',
    {
      $schema: { description: 'Where this schema is, for editors.', type: 'string' },
      name: {
        description: 'What it is called.',
        type: 'string',
        pattern: '^[A-Za-z0-9_.-]{1,64}$',
        patternErrorMessage: 'must be 1 to 64 letters, digits, "_", "." or "-"',
      },
      extends: text(
        'A shipped protocol that is described; what this file says takes the place of its parts.',
      ),
      variables: table('What routes give beside the API key: {{var.name}}.', variable),
      address: group('The WebSocket handshake; a text that has an unset value in it is left out.', {
        path: text('The path, if the endpoint’s address has none.'),
        query: table('Parameters.', text('The value.')),
        headers: table('Headers. Left out: Authorization: Bearer with the API key.', text('The value.')),
        subprotocols: list('Subprotocols.', text('A subprotocol.')),
        sign: { description: 'How the address is signed at each connect.', enum: ['iflytek'] },
      }),
      handshake: list('What is said before the first request, in this order.', {
        ...group('A step: something to send, or to wait for.', {
          send: template('A frame; a list is as many frames.'),
          expect: when('What is waited for; other frames are passed over, errors end it.'),
          learn,
        }),
        minProperties: 1,
      }),
      frames: choice(
        'JSON, bare text, or both: an object where a frame is one, else text. A bare text is at the path $.',
        'json',
        'text',
        'mixed',
      ),
      json_in: paths('Texts in a frame that are JSON themselves.'),
      request,
      correlation: group('How answers that share a connection are told apart.', {
        request: paths('Where the server repeats {{id}}.'),
        answer: paths('Where the server names its answer, at least once beside {{id}}.'),
        ids: choice(
          'What {{id}} is: a text unlike all others, or a number that counts up.',
          'text',
          'number',
        ),
        optional: flag('Whether {{id}} is there only when the route shares connections.'),
      }),
      ignore: oneOrMore(when('Frames that mean nothing, whatever else they look like.')),
      error: oneOrMore(error),
      end: oneOrMore(end),
      delta: oneOrMore(delta),
      usage: group('Where the server counts tokens, in whatever frame.', {
        when: when('In which frames; left out: in all.'),
        input: paths('Of the request.'),
        output: paths('Of the answer.'),
        total: paths('Of both.'),
      }),
      model: paths('Where the server says which model answers.'),
      finish_reason: {
        ...group('Where the server says why the answer ended.', {
          path: paths('The reason.'),
          values: table('The server’s words in others.', text('The word.')),
        }),
        type: ['string', 'array', 'object'],
        required: ['path'],
        minLength: 1,
        minItems: 1,
        items: { type: 'string', minLength: 1 },
      },
      metadata: paths('An object that is passed on with the answer.'),
      empty_answer: {
        description:
          'How an answer without text is treated: as a failure (empty_answer), and another server is tried, or as valid. ' +
          'Left out: LLM_EMPTY_ANSWER.',
        enum: [...emptyAnswerPolicies],
        default: emptyAnswerPolicies[0],
      },
      cancel: group(
        'The frame that ends an answer early. Left out: the connection is closed.',
        { send: template('The frame.') },
        ['send'],
      ),
      close: group('What close codes mean.', {
        ends: list('Codes that end an answer, if any of it has come.', {
          type: 'integer',
          minimum: 1000,
          maximum: 4999,
        }),
        errors: {
          ...table('Codes that are errors, in Parley’s words: { 1008: unauthorized }.', text('The word.')),
          propertyNames: { pattern: '^[1-4][0-9]{3}$', patternErrorMessage: 'must be a close code' },
        },
      }),
      connection,
      limits: group('Limits that these servers need instead of the general ones.', {
        frame: {
          description: 'Largest frame, in bytes.',
          type: 'integer',
          minimum: 1000,
          maximum: 1_073_741_824,
        },
        connect: seconds('For a connection to open, its handshake included'),
        first_token: seconds('For the first piece of a streamed answer'),
        idle: seconds('Between two pieces'),
        total: seconds('For one attempt'),
      }),
    },
    ['name'],
  ),
};
