import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A request that the server has received. */
export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Writes a response. */
export type Reply = (response: ServerResponse) => void;

/** An HTTP server that sends prepared replies in order, and records its requests. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  readonly #replies: Reply[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port. */
  static async start(): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void scripted.#answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sets the next replies and clears the recorded requests. Requests without a reply are cut. */
  script(...replies: Reply[]): void {
    this.requests.length = 0;
    this.#replies.splice(0, this.#replies.length, ...replies);
  }

  /** Closes the server with its connections. */
  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    this.requests.push({ method, url, headers, body });
    const reply = this.#replies.shift();
    if (reply === undefined) response.destroy();
    else reply(response);
  }
}

/** A reply with these events. The stream then ends, or its connection is cut. */
export function events(list: readonly [id: string, data: object][], end: 'end' | 'cut' = 'end'): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const text = list.map(([id, data]) => `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`).join('');
    response.write(text, () => (end === 'end' ? response.end() : response.destroy()));
  };
}

/** A reply with a problem of Parley's. */
export function problem(status: number, members: object, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ title: 'No', status, retryable: false, ...members }));
  };
}

/** A reply without a problem, as a proxy sends it. */
export function plain(status: number, body = ''): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(body);
  };
}
