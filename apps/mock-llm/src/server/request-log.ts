import { type IncomingHttpHeaders } from 'node:http';
import { type Outcome } from '../answer/answer-plan.js';

/** A received request. The mock updates it while it answers. */
export interface ReceivedRequest {
  /** 1 for the first request ever. */
  readonly number: number;
  /** The received JSON object; null if the frame was not one. */
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

/** A {@link ReceivedRequest} that can be updated. */
export type OpenRecord = { -readonly [K in keyof ReceivedRequest]: ReceivedRequest[K] };

/** Records the last requests, with a bound on their number and size. */
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

  /** Number of received requests, including those no longer recorded. */
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

  /** Deletes all records and resets the count. */
  clear(): void {
    this.#records = [];
    this.#bytes = 0;
    this.#received = 0;
  }
}
