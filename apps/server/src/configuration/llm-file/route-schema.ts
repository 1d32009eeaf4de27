import { shippedProtocols } from '#llm';

/** An address as editors can judge it; `format` is what the server judges by. */
const address = {
  pattern: '^([Ww][Ss]{1,2}://|\\$\\{)',
  patternErrorMessage: 'must start with ws:// or wss://',
  format: 'llm-address',
};

const headerText = {
  type: 'string',
  pattern: '^[\\x20-\\x7e]{1,128}$',
  patternErrorMessage: 'must be 1 to 128 printable ASCII characters',
};

/** The form of one route. */
export const routeSchema = (
  balancers: readonly string[],
  emptyAnswers: readonly string[],
  reuseSettings: readonly string[],
) => ({
  title: 'Route',
  description: 'Endpoints that answer interchangeably.',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'endpoints'],
  properties: {
    name: {
      description: 'What it is called in runs, logs and metrics. No other route has this name.',
      type: 'string',
      pattern: '^[A-Za-z0-9_.-]{1,64}$',
      patternErrorMessage: 'must be 1 to 64 letters, digits, "_", "." or "-"',
    },
    endpoints: {
      description:
        'The addresses, each ws:// or wss://; one that can take more than the others has a weight.',
      type: 'array',
      minItems: 1,
      items: {
        type: ['string', 'object'],
        ...address,
        additionalProperties: false,
        required: ['url'],
        properties: {
          url: { description: 'ws:// or wss://', type: 'string', ...address },
          weight: {
            description: 'How much it takes, compared with the others of its route.',
            type: 'number',
            exclusiveMinimum: 0,
            maximum: 1000,
            default: 1,
          },
        },
      },
    },
    model: {
      description: 'Asked for when a message names no model. Left out: LLM_MODEL_NAME.',
      type: 'string',
      pattern: '^[^\\u0000]{1,200}$',
      patternErrorMessage: 'must be 1 to 200 characters',
      default: 'default',
    },
    protocol: {
      description:
        `What the servers speak: ${shippedProtocols.map(({ name }) => name).join(', ')}, ` +
        'or the path of a YAML or JSON file that describes it. Left out: LLM_PROTOCOL.',
      type: 'string',
      minLength: 1,
      maxLength: 1000,
      default: 'guide',
    },
    variables: {
      description: 'What the protocol asks for beside the API key. Left out: LLM_PROTOCOL_VARIABLES.',
      type: 'object',
      additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 4096 },
    },
    multiplex: {
      description:
        'Whether the servers name the request in every frame: requests then share connections. ' +
        'Left out: as for all routes.',
      type: 'boolean',
      default: false,
    },
    reuse: {
      description:
        'Which connections may be reused if the servers do not repeat request ids: for other callers after a quiet ' +
        'period (settled), never, or always immediately. Left out: as for all routes.',
      enum: reuseSettings,
      default: reuseSettings[0],
    },
    empty_answer: {
      description:
        'How an answer without text is treated: as a failure (empty_answer), and another server is tried, or as valid. ' +
        'Left out: as the protocol says, or as for all routes.',
      enum: emptyAnswers,
      default: emptyAnswers[0],
    },
    balancer: {
      description:
        'Who is asked next: the least loaded endpoint, each in turn, or the first one that is in good health. ' +
        'Left out: LLM_BALANCER.',
      enum: balancers,
      default: balancers[0],
    },
    api_key: {
      description:
        'Sent as Authorization: Bearer. A secret: write ${NAME} and set the variable. Left out: LLM_API_KEY.',
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,4096}$',
      patternErrorMessage: 'must be printable ASCII without spaces',
    },
    api_version: {
      description: 'Sent as X-API-Version. Left out: LLM_API_VERSION.',
      ...headerText,
      default: 'v1',
    },
    client_id: {
      description: 'Sent as X-Client-ID. Left out: LLM_CLIENT_ID.',
      ...headerText,
      default: 'chatbot-client',
    },
  },
});
