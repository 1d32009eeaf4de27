import { type IncomingHttpHeaders } from 'node:http';
import { type Outcome } from '../answer/answer-plan.js';

/** One request as the LLM saw it. The mock keeps it up to date while it answers. */
export interface ReceivedRequest {
  /** 1 for the first request ever. */
  readonly number: number;
  /** The JSON object received; null if it was none. */
  readonly frame: Readonly<Record<string, unknown>> | null;
  /** Size of the frame as received. */
  readonly bytes: number;
  /** Headers of the connection's handshake. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** 1 for the first connection ever accepted. */
  readonly connection: number;
  readonly receivedAt: Date;
  readonly outcome: Outcome;
  /** Set when `outcome` is no longer `pending`. */
  readonly endedAt: Date | undefined;
  /** Chunk frames sent so far. */
  readonly tokensSent: number;
}

export type OpenRecord = { -readonly [K in keyof ReceivedRequest]: ReceivedRequest[K] };

/** Remembers the last requests, within a bound on their number and on their bytes. */
export class RequestLog {
  #records: OpenRecord[] = [];
  #bytes = 0;
  #received = 0;

  readonly #onChange: () => void;
  readonly #onRequest: ((request: ReceivedRequest) => void) | undefined;
  readonly #maxRequests: number;
  readonly #maxBytes: number;

  constructor(
    onChange: () => void,
    onRequest: ((request: ReceivedRequest) => void) | undefined,
    maxRequests = 1_000,
    maxBytes = 64 * 1024 * 1024,
  ) {
    this.#onChange = onChange;
    this.#onRequest = onRequest;
    this.#maxRequests = maxRequests;
    this.#maxBytes = maxBytes;
  }

  /** Oldest first. */
  get records(): readonly ReceivedRequest[] {
    return this.#records;
  }

  /** How many came in, also those forgotten. */
  get received(): number {
    return this.#received;
  }

  add(request: Pick<ReceivedRequest, 'frame' | 'bytes' | 'headers' | 'connection'>): OpenRecord {
    this.#received += 1;
    const record: OpenRecord = {
      ...request,
      number: this.#received,
      receivedAt: new Date(),
      outcome: 'pending',
      endedAt: undefined,
      tokensSent: 0,
    };
    this.#records.push(record);
    this.#bytes += record.bytes;
    while (
      this.#records.length > this.#maxRequests ||
      (this.#bytes > this.#maxBytes && this.#records.length > 1)
    ) {
      this.#bytes -= this.#records.shift()?.bytes ?? 0;
    }
    this.#onRequest?.(record);
    this.#onChange();
    return record;
  }

  end(record: OpenRecord, outcome: Outcome): void {
    record.outcome = outcome;
    record.endedAt = new Date();
    this.#onChange();
  }

  /** Forgets the requests and starts counting anew. */
  clear(): void {
    this.#records = [];
    this.#bytes = 0;
    this.#received = 0;
  }
}
