/** A request that the page has sent. */
export interface SentRequest {
  method: string;
  /** Path and query. */
  url: string;
  body: unknown;
  signal: AbortSignal | undefined;
  /** The request completes although its page is closed. */
  keepalive: boolean;
}

type Reply = (request: SentRequest) => Response | Promise<Response>;

/** A fake `fetch` that sends the replies of a test. Requests without a reply fail as if the server were unreachable. */
export class ScriptedApi {
  readonly requests: SentRequest[] = [];
  readonly #replies = new Map<string, Reply>();

  /** Replies to all requests with that method and path, such as `GET /api/runs/r1`; a later reply replaces it. */
  on(methodAndPath: string, reply: Reply): this {
    this.#replies.set(methodAndPath, reply);
    return this;
  }

  /** Replies with JSON. */
  json(methodAndPath: string, body: unknown, status = 200): this {
    return this.on(methodAndPath, () => Response.json(body, { status }));
  }

  /** Replies with an error of Parley's. */
  problem(methodAndPath: string, status: number, code: string): this {
    const body = { title: code, detail: `Detail of ${code}`, status, code, retryable: false };
    return this.json(methodAndPath, body, status);
  }

  /** `METHOD /path` of each request, in order. */
  get sent(): string[] {
    return this.requests.map(({ method, url }) => `${method} ${url}`);
  }

  readonly fetch = async (input: string, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body, signal, keepalive = false } = init;
    const request = {
      method,
      url: input,
      body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
      signal: signal ?? undefined,
      keepalive,
    };
    this.requests.push(request);
    signal?.throwIfAborted();
    const reply = this.#replies.get(`${method} ${input.split('?', 1)[0]}`);
    if (reply === undefined) throw new TypeError('fetch failed');
    return reply(request);
  };
}

/** An event stream whose events a test sends one by one. */
export class ScriptedStream {
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #count = 0;
  readonly #body = new ReadableStream<Uint8Array>({
    start: (controller) => void (this.#controller = controller),
  });

  /** Responds to a request with this stream. An aborted request ends it, as `fetch` does. */
  readonly reply = ({ signal }: SentRequest): Response => {
    signal?.addEventListener('abort', () => this.#controller.error(signal.reason));
    return new Response(this.#body, { headers: { 'content-type': 'text/event-stream' } });
  };

  /** Sends an event of run `r1` and message `a1`. */
  send(event: object): void {
    const data = JSON.stringify({ run_id: 'r1', message_id: 'a1', ...event });
    this.#controller.enqueue(new TextEncoder().encode(`id: 1.${++this.#count}\ndata: ${data}\n\n`));
  }

  end(): void {
    this.#controller.close();
  }
}

/** Resolves after the page has handled all responses and events so far. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
