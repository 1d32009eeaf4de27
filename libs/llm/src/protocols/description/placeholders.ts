import { type ProtocolContext } from '../protocol-context.js';
import { type EncodeContext, type LlmRequest } from '../protocol.js';
import { type ProtocolDescription } from './description.js';
import { samplingNames } from '../sampling.js';
import { type Location } from './mistakes.js';
import { compilePath } from './path.js';
import { type Fill, type Placeholders } from './template.js';

/** Values for templates of the handshake, the address and keepalives. */
export interface ConnectionValues {
  context: ProtocolContext & Partial<EncodeContext>;
}

/** Values for templates of requests. */
export interface RequestValues extends ConnectionValues {
  request: LlmRequest;
  context: EncodeContext;
}

/** Values for templates of a message. */
export interface RenderedMessage {
  /** The server's name of the role. */
  role: string;
  text: string;
}

type Table<V> = Readonly<Record<string, Fill<V>>>;

/** Names that a description declares. */
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

const samplingTable: Table<RequestValues> = {
  ...Object.fromEntries(
    samplingNames.map((name) => [name, ({ request }: RequestValues) => request.sampling?.[name]]),
  ),
  // Servers that group it get no empty object.
  reasoning: ({ request: { sampling } }) =>
    sampling?.reasoning_effort === undefined ? undefined : { effort: sampling.reasoning_effort },
};

const requestTable: Table<RequestValues> = {
  ...connectionTable,
  ...samplingTable,
  model: ({ context, request }) => request.model ?? context.model,
  message: ({ request }) => request.message,
  conversation_id: ({ request }) => request.conversationId,
  message_id: ({ request }) => request.messageId,
  parent_id: ({ request }) => request.parentId,
  max_tokens: ({ request }) => request.maxTokens,
  temperature: ({ request }) => request.temperature,
  stream: ({ request }) => request.stream,
  metadata: ({ request }) => request.metadata,
  answer_id: ({ context }) => context.answerId,
};

const messageTable: Table<RenderedMessage> = {
  role: ({ role }) => role,
  text: ({ text }) => text,
};

/** Placeholders of a message: `{{role}}` and `{{text}}`. */
export const messagePlaceholders: Placeholders<RenderedMessage> = (name, location) =>
  found(messageTable, name, location);

/** Placeholders of the handshake and the address. */
export function connectionPlaceholders(names: DeclaredNames): Placeholders<ConnectionValues> {
  return (name, location) => declared(name, names, location) ?? found(connectionTable, name, location, names);
}

/**
 * Placeholders of keepalives.
 * @param isNumber whether ids are numbers
 */
export function keepalivePlaceholders(
  names: DeclaredNames,
  isNumber: boolean,
): Placeholders<ConnectionValues> {
  const table = { ...connectionTable, next_id: nextId(isNumber) };
  return (name, location) => declared(name, names, location) ?? found(table, name, location, names);
}

/** `{{next_id}}`: an id that no other frame of the connection has. */
function nextId(isNumber: boolean): Fill<ConnectionValues> {
  return ({ context }) => {
    const id = context.nextId?.();
    return id !== undefined && isNumber ? Number(id) : id;
  };
}

/**
 * Placeholders of requests.
 * @param conversation placeholders for messages
 * @param correlation without paths in it, no request has an id
 */
export function requestPlaceholders(
  names: DeclaredNames,
  conversation: Table<RequestValues>,
  correlation: ProtocolDescription['correlation'],
): Placeholders<RequestValues> {
  const isNumber = correlation?.ids === 'number';
  const hasIds = correlation?.request !== undefined || correlation?.answer !== undefined;
  const table: Table<RequestValues> = {
    ...requestTable,
    ...conversation,
    next_id: nextId(isNumber),
    id: ({ context: { requestId } }) => (isNumber && requestId !== undefined ? Number(requestId) : requestId),
  };
  return (name, location) => {
    if (name === 'id' && !hasIds) {
      location.report('has {{id}}, but correlation.request does not say where the server repeats it');
    }
    return (
      declared(name, names, location) ?? inMetadata(name, location) ?? found(table, name, location, names)
    );
  };
}

function found<V>(
  table: Table<V>,
  name: string,
  location: Location,
  names?: DeclaredNames,
): Fill<V> | undefined {
  if (Object.hasOwn(table, name)) return table[name];
  const known = [
    ...Object.keys(table),
    ...(names?.variables.map((variable) => `var.${variable}`) ?? []),
    ...(names?.learned.map((learned) => `learned.${learned}`) ?? []),
  ];
  location.report(`has a {{placeholder}} that is not known here; known are ${known.join(', ')}`);
  return undefined;
}

/** `var.name`, a variable of the route, and `learned.name`, a value that a frame has saved. */
function declared(
  name: string,
  { variables, learned }: DeclaredNames,
  location: Location,
): Fill<ConnectionValues> | undefined {
  const dot = name.indexOf('.');
  const [kind, key] = [name.slice(0, dot), name.slice(dot + 1)];
  if (kind === 'var' && variables.includes(key)) {
    return ({ context }) => ownValue(context.credentials.variables, key);
  }
  if (kind === 'learned' && learned.includes(key)) return ({ context }) => ownValue(context.learned, key);
  if (kind === 'var') location.report(`has {{${shown(name)}}}, which "variables" does not name`);
  else if (kind === 'learned') location.report(`has {{${shown(name)}}}, which no "learn" gives`);
  else return undefined;
  return () => undefined;
}

function inMetadata(name: string, location: Location): Fill<RequestValues> | undefined {
  if (!name.startsWith('metadata.')) return undefined;
  const read = compilePath(name.slice('metadata.'.length), location);
  return ({ request }) => read(request.metadata);
}

function ownValue(values: Readonly<Record<string, unknown>> | undefined, key: string): unknown {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}

/** Shows only short words: anything else could be a secret that was entered by mistake. */
function shown(name: string): string {
  return /^[a-z_.]{1,40}$/.test(name) ? name : '…';
}
