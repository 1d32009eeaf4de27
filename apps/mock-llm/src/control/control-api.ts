import { type Behavior, InvalidBehaviorError } from '../behavior/behavior.js';
import { type ReceivedRequest } from '../server/request-log.js';
import { type Controllable } from './controllable.js';

/** A request to the control port. */
export interface ControlRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  /** Parsed JSON; an empty object when there was no body. */
  readonly body: unknown;
}

/** The response of the control port. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly allow?: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Handler = (mock: Controllable, body: Fields, query: URLSearchParams) => unknown;

const DEFAULT_LIMIT = 100;
const HIDDEN = '***';
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'x-api-key', 'cookie']);

const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/health': { GET: state },
  '/behaviour': {
    GET: visibleBehavior,
    PATCH: (mock, body) => {
      mock.behave(body);
      return visibleBehavior(mock);
    },
  },
  '/once': {
    POST: (mock, body) => {
      const { behaviour: behavior, count = 1 } = only(body, ['behaviour', 'count']);
      mock.behaveOnce(behavior as Partial<Behavior>, count as number);
      return state(mock);
    },
  },
  '/reset': { POST: async (mock, body) => (only(body, []), await mock.reset(), state(mock)) },
  '/down': {
    POST: async (mock, body) => {
      const { ms } = only(body, ['ms']);
      if (ms !== undefined && !isCount(ms)) throw new RangeError('ms: must be a whole number, 0 or more');
      await mock.goDown(ms);
      return state(mock);
    },
  },
  '/up': { POST: async (mock, body) => (only(body, []), await mock.comeUp(), state(mock)) },
  '/drop': {
    POST: (mock, body) => ({ dropped: mock.dropConnections(only(body, ['code', 'reason'])) }),
  },
  '/requests': {
    GET: (mock, _body, query) => {
      const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
      if (!isCount(limit)) throw new RangeError('limit: must be a whole number, 0 or more');
      const requests = limit === 0 ? [] : mock.requests.slice(-limit).map(visibleRequest);
      return { received: mock.requestsReceived, requests };
    },
  },
};

/** Handles a request to the control port. Invalid input gives 400 with every mistake; never rejects. */
export async function control(
  mock: Controllable,
  { method, target, body }: ControlRequest,
): Promise<ControlAnswer> {
  const [path = '', query = ''] = target.split('?', 2);
  const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (methods === undefined) {
    return { status: 404, body: { error: 'There is no such path.', paths: Object.keys(ROUTES) } };
  }
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) {
    const allow = Object.keys(methods).join(', ');
    return { status: 405, body: { error: `Use ${allow}.` }, allow };
  }
  try {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new RangeError('body: must be a JSON object');
    return { status: 200, body: await handler(mock, body as Fields, new URLSearchParams(query)) };
  } catch (error) {
    if (error instanceof InvalidBehaviorError)
      return { status: 400, body: { error: error.message, mistakes: error.mistakes } };
    if (error instanceof RangeError)
      return { status: 400, body: { error: error.message, mistakes: [error.message] } };
    return { status: 500, body: { error: String(error) } };
  }
}

function state(mock: Controllable): object {
  const { url, isDown, connections, connectionsAccepted, requestsReceived } = mock;
  return { status: isDown ? 'down' : 'up', url, connections, connectionsAccepted, requestsReceived };
}

function visibleBehavior({ behavior }: Controllable): object {
  return { ...behavior, apiKey: behavior.apiKey === null ? null : HIDDEN };
}

function visibleRequest(request: ReceivedRequest): object {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    SECRET_HEADERS.has(name) ? HIDDEN : value,
  ]);
  return { ...request, headers: Object.fromEntries(headers) as object };
}

function only(body: Fields, known: readonly string[]): Fields {
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new RangeError(`${unknown.join(', ')}: no such field`);
  return body;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
