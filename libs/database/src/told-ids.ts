/** Notifications as PostgreSQL takes them: the payload at the same place belongs to the channel. */
export interface Announcement {
  channels: string[];
  payloads: string[];
}

/** PostgreSQL refuses payloads of 8,000 bytes and more. */
const maxPayloadBytes = 7_999;
/** What separates the ids of a payload. */
export const idSeparator = '\n';

/**
 * Ids that wait to be told, each once per channel. Whoever hears of an id looks it up, so that an id told twice in a while
 * says no more than one told once.
 */
export class ToldIds {
  readonly #waiting = new Map<string, Set<string>>();
  #size = 0;
  readonly #maxWaiting: number;

  /** @param maxWaiting ids at most; what is told beyond is forgotten until some have been taken */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Ids that wait. */
  get size(): number {
    return this.#size;
  }

  /** False if there is no room for it. */
  add(channel: string, id: string): boolean {
    const ids = this.#waiting.get(channel) ?? new Set();
    if (ids.has(id)) return true;
    if (this.#size >= this.#maxWaiting) return false;
    this.#waiting.set(channel, ids.add(id));
    this.#size += 1;
    return true;
  }

  /** Everything that waits, in as few payloads as their bound allows. An id that is longer than a payload is left out. */
  take(): Announcement {
    const announcement: Announcement = { channels: [], payloads: [] };
    for (const [channel, ids] of this.#waiting) {
      for (const payload of packed(ids)) {
        announcement.channels.push(channel);
        announcement.payloads.push(payload);
      }
    }
    this.#waiting.clear();
    this.#size = 0;
    return announcement;
  }

  /** Lets wait again what could not be told. */
  putBack({ channels, payloads }: Announcement): void {
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
