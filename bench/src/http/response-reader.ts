/** Callbacks for the parts of a response. Bodies are Latin-1: one character per byte. */
export interface ResponseListener {
  status(code: number): void;
  body(bytes: string): void;
  end(): void;
}

type State = 'head' | 'body' | 'chunk-size' | 'chunk-end' | 'trailer';

/**
 * Parses HTTP/1.1 responses with a length or in chunks. It does not handle invalid responses, to save CPU: on two cores, the
 * load generator takes CPU time from the server that it measures.
 */
export class ResponseReader {
  #rest = '';
  #state: State = 'head';
  #isChunked = false;
  /** Bytes of the body, or of its chunk, that have not arrived yet. */
  #left = 0;
  readonly #listener: ResponseListener;

  constructor(listener: ResponseListener) {
    this.#listener = listener;
  }

  /** @param bytes the next part of the stream, cut anywhere */
  read(bytes: string): void {
    const text = this.#rest === '' ? bytes : this.#rest + bytes;
    let at = 0;
    for (let next = this.#step(text, at); next !== undefined; next = this.#step(text, at)) at = next;
    this.#rest = at === text.length ? '' : text.slice(at);
  }

  /** Parses the element at `at`. @returns its end; undefined if it is incomplete */
  #step(text: string, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head(text, at);
      case 'body':
        return this.#body(text, at);
      case 'chunk-size':
        return this.#chunkSize(text, at);
      case 'chunk-end':
        if (text.length < at + 2) return undefined;
        this.#state = 'chunk-size';
        return at + 2;
      case 'trailer':
        if (text.length < at + 2) return undefined;
        this.#end();
        return at + 2;
    }
  }

  #head(text: string, at: number): number | undefined {
    const end = text.indexOf('\r\n\r\n', at);
    if (end === -1) return undefined;
    const head = text.slice(at, end);
    this.#listener.status(Number(head.slice(9, 12)));
    this.#isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    this.#state = this.#isChunked ? 'chunk-size' : 'body';
    if (!this.#isChunked && this.#left === 0) this.#end();
    return end + 4;
  }

  #chunkSize(text: string, at: number): number | undefined {
    const end = text.indexOf('\r\n', at);
    if (end === -1) return undefined;
    this.#left = Number.parseInt(text.slice(at, end), 16);
    this.#state = this.#left === 0 ? 'trailer' : 'body';
    return end + 2;
  }

  #body(text: string, at: number): number | undefined {
    const end = Math.min(text.length, at + this.#left);
    if (end === at) return undefined;
    this.#left -= end - at;
    this.#listener.body(text.slice(at, end));
    if (this.#left === 0) {
      if (this.#isChunked) this.#state = 'chunk-end';
      else this.#end();
    }
    return end;
  }

  #end(): void {
    this.#state = 'head';
    this.#listener.end();
  }
}
