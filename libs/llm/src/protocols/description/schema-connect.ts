import { flag, group, path, table, template, text } from './schema-parts.js';

/** The schema of `session`. */
export const session = group(
  'An HTTP request before each connection, such as one that creates a session.',
  {
    url: {
      ...text('A path of the endpoint, or an address.'),
      pattern: '^(/|https?://)',
      patternErrorMessage: 'must begin with /, http:// or https://',
    },
    method: { description: 'Default: GET, or POST with a body.', enum: ['GET', 'POST', 'PUT'] },
    headers: table('Headers; default: Authorization: Bearer with the API key.', text('The value.')),
    body: template('The body.'),
    learn: {
      ...table(
        'Values of the response to save: a name, for {{learned.name}}, and a path that begins with status, headers, cookies or body.',
        {
          description: 'The path, or the path and the texts before and after the value there.',
          type: ['string', 'object'],
          minLength: 1,
          maxLength: 500,
          additionalProperties: false,
          required: ['path'],
          properties: {
            path: path('The path of the text.'),
            after: text('The text before the value.'),
            before: text('The text after the value.'),
          },
        },
      ),
      minProperties: 1,
    },
  },
  ['url', 'learn'],
);

/** The schema of `socket_io`. */
export const socketIo = group('How Socket.IO is used.', {
  namespace: {
    description: 'The namespace.',
    type: 'string',
    pattern: '^/[^,?]{0,199}$',
    patternErrorMessage: 'must begin with / and contain no comma and no question mark',
    default: '/',
  },
  auth: template('The value that is sent when the namespace is connected.'),
  ack: flag('Whether requests ask for an acknowledgement, which has the answer.'),
});
