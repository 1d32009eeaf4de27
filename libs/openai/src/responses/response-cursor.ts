import { type JsonPiece, jsonPieces, pieceChars, SlicedText, textSize } from '#backpressure';
import { type FollowableRun, type RunEventCursor } from '#chat';
import { type OutputItem } from '../items/item.view.js';
import { resourceId } from '../ids/resource-ids.js';
import { type ResponseObject, type ResponseParameters } from './response-object.js';
import { outputItem, responseView } from './response.view.js';
import { openingEvents, type ResponsePosition, sequenceNumber } from './sequence-number.js';

/** The last event by status; `response.failed` for the others. The official API has no event for cancelled responses. */
const finalEvents: Readonly<Partial<Record<ResponseObject['status'], string>>> = {
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

/** One reader's position in a run, as events of the Responses API. */
export class ResponseCursor implements RunEventCursor {
  /** The position of the last event that was returned; -1: none. */
  #at: number;
  #attempt: number | undefined;
  #isFinished = false;
  #isInterrupted = false;
  /** The remaining parts of events that are too large for one call. */
  #rest: Iterator<JsonPiece> | undefined;
  readonly #parameters: ResponseParameters;

  /** @param after the last position that the reader has received; undefined: none */
  constructor(parameters: ResponseParameters, after?: ResponsePosition) {
    this.#parameters = parameters;
    this.#at = after?.at ?? -1;
    if (after !== undefined && (after.at >= openingEvents || after.attempt > 1))
      this.#attempt = after.attempt;
  }

  /** Whether all events were returned. */
  get isFinished(): boolean {
    return this.#isFinished && this.#rest === undefined;
  }

  /** Ends the events with an error, after the rest of an event that was returned in part. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  /** See {@link RunEventCursor.next}. */
  next(run: FollowableRun): JsonPiece {
    const part = this.#rest?.next();
    if (part?.done === false) return this.#partOf(part.value, run);
    this.#rest = undefined;
    if (this.#isFinished) return '';
    if (this.#isInterrupted)
      return this.#fail('The server is shutting down, or the response was deleted: follow it again.');
    // On another server, the reader received events of an attempt that is not known here yet.
    if ((this.#attempt ?? 0) > run.attempt)
      return run.isFinished ? this.#fail('There is no such event.') : '';
    const hasText = this.#at >= openingEvents;
    if (hasText && this.#attempt !== run.attempt)
      return this.#fail('The answer restarted: read it again from the beginning.');
    this.#attempt = run.attempt;
    const created = this.#createdEvents(run);
    const text = run.answer.slice(Math.max(0, this.#at - openingEvents + 1), pieceChars);
    return typeof text === 'string'
      ? this.#textAndEnd(run, created, text)
      : text.then((slice) => this.#textAndEnd(run, created, slice));
  }

  /** The last slice of a fetched text is empty; other events may follow it. */
  #partOf(part: JsonPiece, run: FollowableRun): JsonPiece {
    return typeof part === 'string' ? part : part.then((text) => (text === '' ? this.next(run) : text));
  }

  /** Ends the stream early. @returns an event of type `error`, which the official clients throw */
  #fail(message: string): string {
    this.#isFinished = true;
    return encoded(this.#event('error', this.#at + 1, { code: 'server_error', message, param: null }));
  }

  /** @param text the next slice; empty if the reader has received all text so far */
  #textAndEnd(run: FollowableRun, created: ResponseEvent[], text: string): JsonPiece {
    const events = [...created, ...this.#textEvents(run, text)];
    // Whether more of a stored text follows is only known after the next fetch.
    const hasMore =
      text !== '' &&
      (run.storedText !== undefined || run.answer.slice(this.#at - openingEvents + 1, pieceChars) !== '');
    if (hasMore || !run.isFinished) return this.#encode(events, run);
    this.#isFinished = true;
    if (run.storedText === undefined)
      return this.#encode([...events, ...this.#finalEvents(run, run.turn.reply.content.length)], run);
    return run.storedText
      .length()
      .then((length) => this.#encode([...events, ...this.#finalEvents(run, length)], run));
  }

  /** Encodes small events at once, and large ones in parts. */
  #encode(events: readonly ResponseEvent[], run: FollowableRun): JsonPiece {
    if (textSize(events, pieceChars * 2) <= pieceChars * 2) return events.map(encoded).join('');
    this.#rest = parts(events);
    return this.#partOf(this.#rest.next().value as JsonPiece, run);
  }

  #createdEvents({ turn }: FollowableRun): ResponseEvent[] {
    if (this.#at >= 1) return [];
    const atStart = { ...turn, reply: { ...turn.reply, content: '', status: 'in_progress' as const } };
    const response: ResponseObject = {
      ...responseView(atStart, this.#parameters),
      completed_at: null,
      usage: null,
      error: null,
    };
    return [
      ...this.#advance('response.created', 0, { response }),
      ...this.#advance('response.in_progress', 1, { response }),
    ];
  }

  #textEvents(run: FollowableRun, text: string): ResponseEvent[] {
    if (text === '') return [];
    const added = this.#addedEvents(run);
    const at = this.#at + text.length;
    const delta = { ...this.#part(run), delta: text, logprobs: [] };
    return [...added, ...this.#advance('response.output_text.delta', at, delta)];
  }

  #addedEvents({ turn: { reply } }: FollowableRun): ResponseEvent[] {
    if (this.#at >= openingEvents - 1) return [];
    const item: OutputItem = { ...outputItem(reply, 'in_progress'), content: [] };
    return [
      ...this.#advance('response.output_item.added', 2, { output_index: 0, item }),
      ...this.#advance('response.content_part.added', 3, {
        ...this.#part({ turn: { reply } }),
        part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
      }),
    ];
  }

  /** @param length of the answer, in characters */
  #finalEvents(run: FollowableRun, length: number): ResponseEvent[] {
    const { turn, storedText } = run;
    const text = storedText === undefined ? turn.reply.content : new SlicedText(storedText);
    const response = responseView(turn, this.#parameters, true, text);
    const [item] = response.output;
    const end = openingEvents - 1 + length;
    const done = item === undefined ? [] : [...this.#addedEvents(run), ...this.#doneEvents(run, item, end)];
    const type = finalEvents[response.status] ?? 'response.failed';
    return [...done, ...this.#advance(type, end + 4, { response })];
  }

  #doneEvents(run: FollowableRun, item: OutputItem, end: number): ResponseEvent[] {
    const part = item.content[0]!;
    const whole = { ...this.#part(run), text: part.text, logprobs: [] };
    return [
      ...this.#advance('response.output_text.done', end + 1, whole),
      ...this.#advance('response.content_part.done', end + 2, { ...this.#part(run), part }),
      ...this.#advance('response.output_item.done', end + 3, { output_index: 0, item }),
    ];
  }

  #part({ turn }: { turn: { reply: { id: string } } }): object {
    return { item_id: resourceId('msg', turn.reply.id), output_index: 0, content_index: 0 };
  }

  /** Moves to the position of an event. @returns the event, or nothing if the reader has received it before */
  #advance(type: string, at: number, members: object): ResponseEvent[] {
    if (at <= this.#at) return [];
    this.#at = at;
    return [this.#event(type, at, members)];
  }

  #event(type: string, at: number, members: object): ResponseEvent {
    // Before the text, all readers get the same numbers, whichever attempt the text will come from.
    const attempt = at < openingEvents ? 1 : (this.#attempt ?? 1);
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
