/** One server-sent event, as far as Parley uses them. */
export interface StreamEvent {
  type: string;
  /** JSON. */
  data: string;
}

/** Splits a stream into its events (WHATWG HTML, section 9.2, lines ended by LF only); comments are skipped. */
export class EventReader {
  #rest = '';

  readonly #onEvent: (event: StreamEvent) => void;

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent;
  }

  read(text: string): void {
    const all = this.#rest === '' ? text : this.#rest + text;
    let at = 0;
    for (let end = all.indexOf('\n\n', at); end !== -1; end = all.indexOf('\n\n', at)) {
      this.#event(all, at, end);
      at = end + 2;
    }
    this.#rest = at === all.length ? '' : all.slice(at);
  }

  #event(text: string, from: number, to: number): void {
    let type = '';
    let data = '';
    for (let at = from; at < to;) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 || newline > to ? to : newline;
      if (text.startsWith('event: ', at)) type = text.slice(at + 7, end);
      else if (text.startsWith('data: ', at)) data = text.slice(at + 6, end);
      at = end + 1;
    }
    if (data !== '') this.#onEvent({ type, data });
  }
}
