import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A received frame. */
export interface Received {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** A minimal client of the guide protocol, which records all received frames. */
export class GuideClient {
  readonly received: Received[] = [];
  /** Settles with the close code and reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Error code of the TCP connection, which ws does not report. */
  socketError: string | undefined;
  #wake: (() => void) | undefined;
  #ended = false;
  #taken = 0;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data, isBinary) => {
      this.received.push({ data: data as Buffer, isBinary });
      this.#wake?.();
    });
    ws.on('error', () => undefined);
    ws.on('upgrade', ({ socket }) =>
      socket.on('error', ({ code }: NodeJS.ErrnoException) => (this.socketError = code)),
    );
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.#ended = true;
        this.#wake?.();
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<GuideClient> {
    const ws = new WebSocket(url, { headers, perMessageDeflate: false });
    const client = new GuideClient(ws);
    await once(ws, 'open');
    return client;
  }

  send(request: unknown): void {
    this.ws.send(typeof request === 'string' ? request : JSON.stringify(request));
  }

  /** The next frame, parsed. @throws Error if the connection ends first */
  async next(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.nextRaw()).data.toString()) as Record<string, unknown>;
  }

  async nextRaw(): Promise<Received> {
    for (;;) {
      const frame = this.received[this.#taken];
      if (frame !== undefined) {
        this.#taken += 1;
        return frame;
      }
      if (this.#ended) throw new Error('The connection ended first.');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Sends a request, and returns its frames up to the first one that is not a chunk. */
  async answer(request: unknown): Promise<{ chunks: string[]; final: Record<string, unknown> }> {
    this.send(request);
    const chunks: string[] = [];
    for (;;) {
      const frame = await this.next();
      if (typeof frame.chunk !== 'string') return { chunks, final: frame };
      chunks.push(frame.chunk);
    }
  }

  /** All frames until the end of the connection, as text. */
  async untilClosed(): Promise<{ frames: string[]; code: number; reason: string }> {
    const { code, reason } = await this.closed;
    return { frames: this.received.map(({ data }) => data.toString()), code, reason };
  }
}

/** A request of the guide protocol. */
export function ask(
  message: string,
  more: { stream?: boolean; request_id?: string; max_tokens?: number } = {},
): object {
  const { stream = false, request_id, max_tokens = 4000 } = more;
  return {
    message,
    model: 'm',
    timestamp: '2026-11-23T10:00:00.000Z',
    metadata: { sql_mode: false, advanced_ai: false, session_context: {}, user_preferences: {} },
    settings: { max_tokens, temperature: 0.7, stream },
    ...(request_id === undefined ? {} : { request_id }),
  };
}
