import { shippedProtocols } from '#llm';

/** The pattern of an address, for editors. The server validates `format`. */
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

/** The JSON schema of one route. */
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
      description: 'The name in runs, logs and metrics. Unique.',
      type: 'string',
      pattern: '^[A-Za-z0-9_.-]{1,64}$',
      patternErrorMessage: 'must be 1 to 64 letters, digits, "_", "." or "-"',
    },
    endpoints: {
      description:
        'The addresses, each ws:// or wss://. Set a weight for servers that can take more requests than others.',
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
            description: 'The share of requests, relative to the other endpoints of the route.',
            type: 'number',
            exclusiveMinimum: 0,
            maximum: 1000,
            default: 1,
          },
        },
      },
    },
    model: {
      description: 'The model if a message names none. Default: LLM_MODEL_NAME.',
      type: 'string',
      pattern: '^[^\\u0000]{1,200}$',
      patternErrorMessage: 'must be 1 to 200 characters',
      default: 'default',
    },
    protocol: {
      description:
        `The protocol of the servers: ${shippedProtocols.map(({ name }) => name).join(', ')}, ` +
        'or the path of a YAML or JSON file that describes it. Default: LLM_PROTOCOL.',
      type: 'string',
      minLength: 1,
      maxLength: 1000,
      default: 'guide',
    },
    variables: {
      description:
        'The variables of the protocol, in addition to the API key. Default: LLM_PROTOCOL_VARIABLES.',
      type: 'object',
      additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: 4096 },
    },
    multiplex: {
      description:
        'Whether the servers repeat request_id in every frame: requests then share connections. ' +
        'Default: as for all routes.',
      type: 'boolean',
      default: false,
    },
    reuse: {
      description:
        'Which connections may be reused if the servers do not repeat request ids: for other callers after a quiet ' +
        'period (settled), never, or always immediately. Default: as for all routes.',
      enum: reuseSettings,
      default: reuseSettings[0],
    },
    empty_answer: {
      description:
        'How an answer without text is treated: as a failure (empty_answer), after which another server is tried, or as ' +
        'valid. Default: as the protocol defines, or as for all routes.',
      enum: emptyAnswers,
      default: emptyAnswers[0],
    },
    balancer: {
      description:
        'Which endpoint gets the next request: the least loaded one, each in turn, or the first healthy one. ' +
        'Default: LLM_BALANCER.',
      enum: balancers,
      default: balancers[0],
    },
    api_key: {
      description:
        'Sent as Authorization: Bearer. A secret: write ${NAME} and set the variable. Default: LLM_API_KEY.',
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,4096}$',
      patternErrorMessage: 'must be printable ASCII without spaces',
    },
    api_version: {
      description: 'Sent as X-API-Version. Default: LLM_API_VERSION.',
      ...headerText,
      default: 'v1',
    },
    client_id: {
      description: 'Sent as X-Client-ID. Default: LLM_CLIENT_ID.',
      ...headerText,
      default: 'chatbot-client',
    },
  },
});
