import { type Template } from './description.js';
import { plainLine, plainMessage, promptAlone, promptEnd } from './prompt-defaults.js';
import { group, list, path, table, template, text, when } from './schema-parts.js';

/** Saves values of a frame. */
export const learn = table(
  'Values of the frame to save: a name, for {{learned.name}}, and a path.',
  path('The path of the value.'),
);

const perRole = (what: string, one: object, each: Template) => ({
  each: { ...one, description: `${what} for every role without its own.`, default: each },
  ...Object.fromEntries(
    ['system', 'user', 'assistant'].map((role) => [
      role,
      { ...one, description: `${what} of the role ${role}; null omits such messages.` },
    ]),
  ),
});

/** How a request is encoded. */
export const request = group(
  'How a request is encoded.',
  {
    send: template('The frame; a list is several frames.'),
    parts: group(
      'Divides a long request: each frame with {{part}} is sent once for each part, at most 1,000.',
      {
        of: { ...text('The text to divide.'), default: '{{prompt}}' },
        bytes: { description: 'Most bytes of a part.', type: 'integer', minimum: 100, maximum: 16_777_216 },
      },
      ['bytes'],
    ),
    then: list(
      'Further steps, each after a frame of the server.',
      group(
        'A step.',
        { when: when('The frame to wait for.'), learn, send: template('The frame to send then.') },
        ['when'],
      ),
    ),
    roles: group('The names of the roles.', {
      system: text('The name of the role system.'),
      user: text('The name of the role user.'),
      assistant: text('The name of the role assistant.'),
    }),
    messages: group(
      'The form of a message in {{messages}} and {{history}}; {{role}} and {{text}} are those of the message.',
      perRole('A message', {}, plainMessage),
    ),
    prompt: group(
      'The form of {{prompt}}, one text of all messages; {{role}} and {{text}} are those of a message.',
      {
        ...perRole('The line', { type: ['string', 'null'], maxLength: 2000 }, plainLine),
        end: {
          description: 'The text after the last line.',
          type: 'string',
          maxLength: 2000,
          default: promptEnd,
        },
        alone: { ...text('The prompt if there is no history.'), default: promptAlone },
      },
    ),
  },
  ['send'],
);
