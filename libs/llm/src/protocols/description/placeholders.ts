import { type ProtocolContext } from '../protocol-context.js';
import { type EncodeContext, type LlmRequest } from '../protocol.js';
import { type Place } from './mistakes.js';
import { compilePath } from './path.js';
import { type Fill, type Placeholders } from './template.js';

/** What templates of the handshake, the address and keepalives are filled with. */
export interface ConnectionValues {
  context: ProtocolContext & Partial<EncodeContext>;
}

/** What templates of requests are filled with. */
export interface RequestValues extends ConnectionValues {
  request: LlmRequest;
  context: EncodeContext;
}

/** A message as it is said to the server. */
export interface SpokenMessage {
  /** In the server's words. */
  role: string;
  text: string;
}

type Table<V> = Readonly<Record<string, Fill<V>>>;

/** Names that a description brings with it. */
export interface DeclaredNames {
  variables: readonly string[];
  learned: readonly string[];
}

const connectionTable: Table<ConnectionValues> = {
  model: ({ context }) => context.model,
  api_key: ({ context }) => context.credentials.apiKey,
  api_version: ({ context }) => context.credentials.apiVersion,
  client_id: ({ context }) => context.credentials.clientId,
  connection: ({ context }) => context.connectionId,
  now: ({ context }) => context.now.toISOString(),
  now_ms: ({ context }) => context.now.getTime(),
};

const requestTable: Table<RequestValues> = {
  ...connectionTable,
  model: ({ context, request }) => request.model ?? context.model,
  message: ({ request }) => request.message,
  conversation_id: ({ request }) => request.conversationId,
  max_tokens: ({ request }) => request.maxTokens,
  temperature: ({ request }) => request.temperature,
  stream: ({ request }) => request.stream,
  metadata: ({ request }) => request.metadata,
  answer_id: ({ context }) => context.answerId,
};

const messageTable: Table<SpokenMessage> = {
  role: ({ role }) => role,
  text: ({ text }) => text,
};

/** `{{role}}` and `{{text}}`. */
export const messagePlaceholders: Placeholders<SpokenMessage> = (name, place) =>
  found(messageTable, name, place);

export function connectionPlaceholders(names: DeclaredNames): Placeholders<ConnectionValues> {
  return (name, place) => declared(name, names, place) ?? found(connectionTable, name, place, names);
}

/**
 * @param conversation placeholders for what was said, by the description's own templates
 * @param isNumber whether ids are numbers
 */
export function requestPlaceholders(
  names: DeclaredNames,
  conversation: Table<RequestValues>,
  isNumber: boolean,
): Placeholders<RequestValues> {
  const table: Table<RequestValues> = {
    ...requestTable,
    ...conversation,
    id: ({ context: { requestId } }) => (isNumber && requestId !== undefined ? Number(requestId) : requestId),
  };
  return (name, place) =>
    declared(name, names, place) ?? inMetadata(name, place) ?? found(table, name, place, names);
}

function found<V>(table: Table<V>, name: string, place: Place, names?: DeclaredNames): Fill<V> | undefined {
  if (Object.hasOwn(table, name)) return table[name];
  const known = [
    ...Object.keys(table),
    ...(names?.variables.map((variable) => `var.${variable}`) ?? []),
    ...(names?.learned.map((learned) => `learned.${learned}`) ?? []),
  ];
  place.wrong(`has a {{placeholder}} that is not known here; known are ${known.join(', ')}`);
  return undefined;
}

/** `var.name`, a value that the route gives, and `learned.name`, one that the server gave. */
function declared(
  name: string,
  { variables, learned }: DeclaredNames,
  place: Place,
): Fill<ConnectionValues> | undefined {
  const dot = name.indexOf('.');
  const [kind, key] = [name.slice(0, dot), name.slice(dot + 1)];
  if (kind === 'var' && variables.includes(key)) {
    return ({ context }) => ownValue(context.credentials.variables, key);
  }
  if (kind === 'learned' && learned.includes(key)) return ({ context }) => ownValue(context.learned, key);
  if (kind === 'var') place.wrong(`has {{${shown(name)}}}, which "variables" does not name`);
  else if (kind === 'learned') place.wrong(`has {{${shown(name)}}}, which no "learn" gives`);
  else return undefined;
  return () => undefined;
}

function inMetadata(name: string, place: Place): Fill<RequestValues> | undefined {
  if (!name.startsWith('metadata.')) return undefined;
  const read = compilePath(name.slice('metadata.'.length), place);
  return ({ request }) => read(request.metadata);
}

function ownValue(values: Readonly<Record<string, unknown>> | undefined, key: string): unknown {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}

/** Names are short words; anything else could be a secret in the wrong place. */
function shown(name: string): string {
  return /^[a-z_.]{1,40}$/.test(name) ? name : '…';
}
