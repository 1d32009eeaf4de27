import { WebSocket, type RawData } from 'ws';

/** The final frame of the guide protocol. */
export interface LlmAnswer {
  response: string;
  tokens_used: number;
  model: string;
  finish_reason: string;
  metadata: Record<string, unknown>;
}

/** Persistent WebSockets with one request at a time on each. There is no limit to their number. */
export class LlmPool {
  readonly #idle: WebSocket[] = [];
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends one frame and resolves with the next frame of that connection. @throws Error if the connection closes before */
  async ask(frame: string): Promise<LlmAnswer> {
    const socket = this.#idle.pop() ?? (await this.#open());
    return new Promise((resolve, reject) => {
      const onMessage = (data: RawData): void => {
        socket.off('close', onClose);
        this.#idle.push(socket);
        resolve(JSON.parse((data as Buffer).toString()) as LlmAnswer);
      };
      const onClose = (): void => reject(new Error('the LLM closed the connection'));
      socket.once('message', onMessage);
      socket.once('close', onClose);
      socket.send(frame);
    });
  }

  #open(): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.#url, { perMessageDeflate: false });
      socket.once('open', () => resolve(socket));
      socket.on('error', reject);
    });
  }
}
