/** One server-sent event. */
export interface ServerSentEvent {
  /** Empty if the event has none. */
  id: string;
  /** The `event` field; empty if there is none. */
  type: string;
  data: string;
}

/**
 * Splits a stream of server-sent events as Parley writes them: WHATWG HTML, section 9.2, with lines that end in LF only, a
 * space after each colon and one `data` line per event. Skips comments.
 *
 * It scans the text once and makes no intermediate objects, so that the load generator of the benchmark leaves the CPU to the
 * server it measures.
 */
export class EventParser {
  #rest = '';
  readonly #onEvent: (event: ServerSentEvent) => void;

  /** @param onEvent called with each event as soon as it is complete */
  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** @param text the next part of the stream, cut anywhere between two characters */
  push(text: string): void {
    const all = this.#rest === '' ? text : this.#rest + text;
    let at = 0;
    for (let end = all.indexOf('\n\n', at); end !== -1; end = all.indexOf('\n\n', at)) {
      this.#parse(all, at, end);
      at = end + 2;
    }
    this.#rest = at === all.length ? '' : all.slice(at);
  }

  #parse(text: string, from: number, to: number): void {
    let id = '';
    let type = '';
    let data = '';
    for (let at = from; at < to;) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 || newline > to ? to : newline;
      if (text.startsWith('event: ', at)) type = text.slice(at + 7, end);
      else if (text.startsWith('data: ', at)) data = text.slice(at + 6, end);
      else if (text.startsWith('id: ', at)) id = text.slice(at + 4, end);
      at = end + 1;
    }
    if (data !== '') this.#onEvent({ id, type, data });
  }
}
