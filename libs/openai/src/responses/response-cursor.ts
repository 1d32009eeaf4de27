import { type JsonPiece, jsonPieces, pieceChars, SlicedText, textSize } from '#backpressure';
import { type FollowableRun } from '#chat';
import { type OutputItem } from '../items/item.view.js';
import { resourceId } from '../ids/resource-ids.js';
import { type ResponseObject, type ResponseRequest } from './response-object.js';
import { outputItem, responseView } from './response.view.js';
import { openings, type Place, sequenceNumber } from './sequence-number.js';

/** The last event, by the status of the response. There is none for cancelled ones. */
const endings: Readonly<Partial<Record<ResponseObject['status'], string>>> = {
  completed: 'response.completed',
  incomplete: 'response.incomplete',
  cancelled: 'response.incomplete',
};

/** An event before it is encoded. */
interface ResponseEvent {
  type: string;
  sequence_number: number;
  [member: string]: unknown;
}

/**
 * One reader's position in a run, as events of the Responses API, a window of about 16 Ki characters at a time: a
 * larger event is sent in parts.
 */
export class ResponseCursor {
  /** The place of the last event that the reader has; -1: none. */
  #at: number;
  #attempt: number | undefined;
  #isOver = false;
  /** The remaining parts of events that are larger than a window. */
  #rest: Iterator<JsonPiece> | undefined;
  readonly #request: ResponseRequest;

  /** @param after the reader has everything up to there */
  constructor(request: ResponseRequest, after?: Place) {
    this.#request = request;
    this.#at = after?.at ?? -1;
    if (after !== undefined && (after.at >= openings || after.attempt > 1)) this.#attempt = after.attempt;
  }

  /** Nothing will follow. */
  get isOver(): boolean {
    return this.#isOver && this.#rest === undefined;
  }

  /**
   * The next window of events; empty while there are none. A promise if the text has to be fetched; wait until it has
   * settled before the next call. @param run may be another view of the same run
   */
  next(run: FollowableRun): JsonPiece {
    const part = this.#rest?.next();
    if (part?.done === false) return this.#partOf(part.value, run);
    this.#rest = undefined;
    if (this.#isOver) return '';
    // The reader has seen more on another server than is known of the run here yet.
    if ((this.#attempt ?? 0) > run.attempt) return run.isOver ? this.failed('There is no such event.') : '';
    const hasText = this.#at >= openings;
    if (hasText && this.#attempt !== run.attempt)
      return this.failed('The text starts over: read it again from its beginning.');
    this.#attempt = run.attempt;
    const begun = this.#beginning(run);
    const text = run.answer.slice(Math.max(0, this.#at - openings + 1), pieceChars);
    return typeof text === 'string'
      ? this.#after(run, begun, text)
      : text.then((slice) => this.#after(run, begun, slice));
  }

  /** The last slice of a fetched text is empty, which is not the end of the events. */
  #partOf(part: JsonPiece, run: FollowableRun): JsonPiece {
    return typeof part === 'string' ? part : part.then((text) => (text === '' ? this.next(run) : text));
  }

  /** Ends the stream as what it is: cut. */
  failed(message: string): string {
    this.#isOver = true;
    return encoded(this.#event('error', this.#at + 1, { code: 'server_error', message, param: null }));
  }

  /** @param text the next slice; empty: the reader has all of the text so far */
  #after(run: FollowableRun, begun: ResponseEvent[], text: string): JsonPiece {
    const events = [...begun, ...this.#text(run, text)];
    // Whether there is more of a stored text is only known after the next fetch.
    const hasMore =
      text !== '' &&
      (run.storedText !== undefined || run.answer.slice(this.#at - openings + 1, pieceChars) !== '');
    if (hasMore || !run.isOver) return this.#encode(events, run);
    this.#isOver = true;
    if (run.storedText === undefined)
      return this.#encode([...events, ...this.#end(run, run.turn.reply.content.length)], run);
    return run.storedText
      .length()
      .then((length) => this.#encode([...events, ...this.#end(run, length)], run));
  }

  /** Small events in one piece, large ones window by window. */
  #encode(events: readonly ResponseEvent[], run: FollowableRun): JsonPiece {
    if (textSize(events, pieceChars * 2) <= pieceChars * 2) return events.map(encoded).join('');
    this.#rest = parts(events);
    return this.#partOf(this.#rest.next().value as JsonPiece, run);
  }

  #beginning({ turn }: FollowableRun): ResponseEvent[] {
    if (this.#at >= 1) return [];
    const begun = { ...turn, reply: { ...turn.reply, content: '', status: 'in_progress' as const } };
    const response: ResponseObject = {
      ...responseView(begun, this.#request),
      completed_at: null,
      usage: null,
      error: null,
    };
    return [
      ...this.#tell('response.created', 0, { response }),
      ...this.#tell('response.in_progress', 1, { response }),
    ];
  }

  #text(run: FollowableRun, text: string): ResponseEvent[] {
    if (text === '') return [];
    const opened = this.#open(run);
    const at = this.#at + text.length;
    const delta = { ...this.#part(run), delta: text, logprobs: [] };
    return [...opened, ...this.#tell('response.output_text.delta', at, delta)];
  }

  #open({ turn: { reply } }: FollowableRun): ResponseEvent[] {
    if (this.#at >= openings - 1) return [];
    const item: OutputItem = { ...outputItem(reply, 'in_progress'), content: [] };
    return [
      ...this.#tell('response.output_item.added', 2, { output_index: 0, item }),
      ...this.#tell('response.content_part.added', 3, {
        ...this.#part({ turn: { reply } }),
        part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
      }),
    ];
  }

  /** @param length of the answer, in characters */
  #end(run: FollowableRun, length: number): ResponseEvent[] {
    const { turn, storedText } = run;
    const text = storedText === undefined ? turn.reply.content : new SlicedText(storedText);
    const response = responseView(turn, this.#request, true, text);
    const [item] = response.output;
    const end = openings - 1 + length;
    const closed = item === undefined ? [] : [...this.#open(run), ...this.#close(run, item, end)];
    return [...closed, ...this.#tell(endings[response.status] ?? 'response.failed', end + 4, { response })];
  }

  #close(run: FollowableRun, item: OutputItem, end: number): ResponseEvent[] {
    const part = item.content[0]!;
    const whole = { ...this.#part(run), text: part.text, logprobs: [] };
    return [
      ...this.#tell('response.output_text.done', end + 1, whole),
      ...this.#tell('response.content_part.done', end + 2, { ...this.#part(run), part }),
      ...this.#tell('response.output_item.done', end + 3, { output_index: 0, item }),
    ];
  }

  #part({ turn }: { turn: { reply: { id: string } } }): object {
    return { item_id: resourceId('msg', turn.reply.id), output_index: 0, content_index: 0 };
  }

  /** An event at a place that the reader may have already. */
  #tell(type: string, at: number, members: object): ResponseEvent[] {
    if (at <= this.#at) return [];
    this.#at = at;
    return [this.#event(type, at, members)];
  }

  #event(type: string, at: number, members: object): ResponseEvent {
    // Before there is text, every reader has the same numbers, whichever attempt will give it.
    const attempt = at < openings ? 1 : (this.#attempt ?? 1);
    return { type, sequence_number: sequenceNumber({ attempt, at }), ...members };
  }
}

function encoded(event: ResponseEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function* parts(events: readonly ResponseEvent[]): Generator<JsonPiece, void> {
  for (const event of events) {
    yield `event: ${event.type}\ndata: `;
    yield* jsonPieces(event);
    yield '\n\n';
  }
}
