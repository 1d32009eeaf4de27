/** Notifications for one statement: the payload at an index belongs to the channel at the same index. */
export interface NotificationBatch {
  channels: string[];
  payloads: string[];
}

/** PostgreSQL refuses payloads of 8,000 bytes or more (its manual, "NOTIFY"). */
const maxPayloadBytes = 7_999;
/** Separates the ids of one payload. */
export const idSeparator = '\n';

/**
 * Ids to be sent with NOTIFY, each at most once per channel. A receiver looks the id up, so a repeated id carries no
 * further information.
 */
export class PendingNotifications {
  readonly #pending = new Map<string, Set<string>>();
  #size = 0;
  readonly #maxIds: number;

  /** @param maxIds upper bound of pending ids; further ids are dropped until some have been taken */
  constructor(maxIds: number) {
    this.#maxIds = maxIds;
  }

  /** Number of pending ids. */
  get size(): number {
    return this.#size;
  }

  /** @returns false if the id was dropped because the bound is reached */
  add(channel: string, id: string): boolean {
    const ids = this.#pending.get(channel) ?? new Set();
    if (ids.has(id)) return true;
    if (this.#size >= this.#maxIds) return false;
    this.#pending.set(channel, ids.add(id));
    this.#size += 1;
    return true;
  }

  /** Removes and returns all pending ids, in as few payloads as possible. An id longer than a payload is dropped. */
  take(): NotificationBatch {
    const batch: NotificationBatch = { channels: [], payloads: [] };
    for (const [channel, ids] of this.#pending) {
      for (const payload of packed(ids)) {
        batch.channels.push(channel);
        batch.payloads.push(payload);
      }
    }
    this.#pending.clear();
    this.#size = 0;
    return batch;
  }

  /** Adds the ids of a batch that could not be sent again. */
  putBack({ channels, payloads }: NotificationBatch): void {
    channels.forEach((channel, at) => {
      for (const id of payloads[at]!.split(idSeparator)) this.add(channel, id);
    });
  }
}

function* packed(ids: Iterable<string>): Generator<string> {
  let payload: string[] = [];
  let bytes = 0;
  for (const id of ids) {
    const more = Buffer.byteLength(id) + idSeparator.length;
    if (more > maxPayloadBytes) continue;
    if (bytes + more > maxPayloadBytes) {
      yield payload.join(idSeparator);
      payload = [];
      bytes = 0;
    }
    payload.push(id);
    bytes += more;
  }
  if (payload.length > 0) yield payload.join(idSeparator);
}
