import { ConnectionError, type ProblemBody, ProblemError } from '../errors.js';

/** How to reach the server. */
export interface HttpOptions {
  /** The server's base URL, such as `https://chat.example`; empty in a page that the server has served. */
  baseUrl: string;
  /** Sent with every request; a function is called for each request. */
  apiKey?: string | (() => string | undefined) | undefined;
  fetch: typeof fetch;
}

/** A request without method and path. */
export interface HttpRequest {
  /** Query parameters; undefined ones are left out. */
  query?: object | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`: JSON in UTF-8. */
  file?: Blob | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

/** Sends requests to one server. */
export class Http {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * @returns a response with status 2xx
   * @throws ProblemError; ConnectionError `unreachable`; the reason of an aborted signal
   */
  async request(method: string, path: string, request: HttpRequest = {}): Promise<Response> {
    const response = await this.#fetch(method, path, request);
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  /** Like {@link request}, with the parsed JSON body; undefined if it is empty. @throws ConnectionError `cut`, `unreadable` */
  async json<T>(method: string, path: string, request: HttpRequest = {}): Promise<T> {
    return (await readJson(await this.request(method, path, request), request.signal)) as T;
  }

  /** Like {@link json}, for calls whose error responses have the same body; throws only for problems and status 502. */
  async jsonOfAnyStatus<T>(method: string, path: string, request: HttpRequest = {}): Promise<T> {
    const response = await this.#fetch(method, path, request);
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    if (isProblem === true || response.status === 502) throw await problemOf(response);
    return (await readJson(response, request.signal)) as T;
  }

  async #fetch(
    method: string,
    path: string,
    { query, body, file, headers, signal }: HttpRequest,
  ): Promise<Response> {
    const { baseUrl, apiKey, fetch } = this.#options;
    const key = typeof apiKey === 'function' ? apiKey() : apiKey;
    try {
      return await fetch(baseUrl + path + queryString(query), {
        method,
        headers: {
          ...(body === undefined && file === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(file === undefined ? {} : { body: file }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw new ConnectionError('unreachable', 'The server cannot be reached', { cause: error });
    }
  }
}

function queryString(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const pairs = given.map(([name, value]) => [name, String(value)] as [string, string]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  const text = await readText(response, signal);
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new ConnectionError('unreadable', 'The response is not JSON', {
      cause: error,
    });
  }
}

async function readText(response: Response, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new ConnectionError('cut', 'The connection was cut', { cause: error });
  }
}

/** An error response without a problem of Parley's comes from a proxy: the error is made from its status. */
async function problemOf(response: Response): Promise<ProblemError> {
  const { status, statusText, headers } = response;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  const problem: ProblemBody = isProblem(body)
    ? body
    : {
        title: statusText === '' ? `The server responded with status ${status}` : statusText,
        status,
        code: `http_${status}`,
        retryable: status === 429 || status >= 502,
      };
  return new ProblemError(problem, Number.isFinite(seconds) ? seconds * 1_000 : undefined);
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'status' in body;
}
