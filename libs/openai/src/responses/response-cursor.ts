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

/** One reader's place in a run, told as the events of the Responses API. */
export class ResponseCursor {
  /** The place of the last event that the reader has; -1: none. */
  #at: number;
  #attempt: number | undefined;
  #pieces: readonly string[] | undefined;
  #read = 0;
  #isOver = false;

  /** @param after the reader has everything up to there */
  constructor(
    private readonly request: ResponseRequest,
    after?: Place,
  ) {
    this.#at = after?.at ?? -1;
    if (after !== undefined && (after.at >= openings || after.attempt > 1)) this.#attempt = after.attempt;
  }

  /** Nothing will follow. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The events since the last call, of a run that may be another one's view of the same; empty if there are none. */
  next(run: FollowableRun): string {
    if (this.#isOver) return '';
    // The reader has seen more on another server than is known of the run here yet.
    if ((this.#attempt ?? 0) > run.attempt) return run.isOver ? this.failed('There is no such event.') : '';
    const hasText = this.#at >= openings;
    if (hasText && this.#attempt !== run.attempt)
      return this.failed('The text starts over: read it again from its beginning.');
    this.#attempt = run.attempt;
    return this.#beginning(run) + this.#text(run) + this.#end(run);
  }

  /** Ends the stream as what it is: cut. */
  failed(message: string): string {
    this.#isOver = true;
    return this.#event('error', this.#at + 1, { code: 'server_error', message, param: null });
  }

  #beginning({ turn }: FollowableRun): string {
    const begun = { ...turn, reply: { ...turn.reply, content: '', status: 'in_progress' as const } };
    const response: ResponseObject = {
      ...responseView(begun, this.request),
      completed_at: null,
      usage: null,
      error: null,
    };
    return (
      this.#tell('response.created', 0, { response }) + this.#tell('response.in_progress', 1, { response })
    );
  }

  #text(run: FollowableRun): string {
    const text = this.#unread(run);
    if (text === '') return '';
    const at = Math.max(this.#at, openings - 1);
    const opened = this.#open(run);
    return (
      opened +
      this.#tell('response.output_text.delta', at + text.length, {
        ...this.#part(run),
        delta: text,
        logprobs: [],
      })
    );
  }

  #open({ turn: { reply } }: FollowableRun): string {
    const item: OutputItem = { ...outputItem(reply, 'in_progress'), content: [] };
    return (
      this.#tell('response.output_item.added', 2, { output_index: 0, item }) +
      this.#tell('response.content_part.added', 3, {
        ...this.#part({ turn: { reply } }),
        part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
      })
    );
  }

  #end(run: FollowableRun): string {
    if (!run.isOver) return '';
    this.#isOver = true;
    const response = responseView(run.turn, this.request);
    const [item] = response.output;
    const end = openings - 1 + run.turn.reply.content.length;
    const opened = item === undefined ? '' : this.#open(run) + this.#close(run, item, end);
    return opened + this.#tell(endings[response.status] ?? 'response.failed', end + 4, { response });
  }

  #close(run: FollowableRun, item: OutputItem, end: number): string {
    const part = item.content[0]!;
    const whole = { ...this.#part(run), text: part.text, logprobs: [] };
    return (
      this.#tell('response.output_text.done', end + 1, whole) +
      this.#tell('response.content_part.done', end + 2, { ...this.#part(run), part }) +
      this.#tell('response.output_item.done', end + 3, { output_index: 0, item })
    );
  }

  /** What has come since the last look, without what the reader had before. */
  #unread({ pieces }: FollowableRun): string {
    if (this.#pieces !== pieces) {
      this.#pieces = pieces;
      this.#read = 0;
      const known = Math.max(0, this.#at - openings + 1);
      const whole = pieces.join('');
      this.#read = pieces.length;
      return whole.slice(known);
    }
    const text = pieces.slice(this.#read).join('');
    this.#read = pieces.length;
    return text;
  }

  #part({ turn }: { turn: { reply: { id: string } } }): object {
    return { item_id: resourceId('msg', turn.reply.id), output_index: 0, content_index: 0 };
  }

  /** An event at a place that the reader may have already. */
  #tell(type: string, at: number, members: object): string {
    if (at <= this.#at) return '';
    this.#at = at;
    return this.#event(type, at, members);
  }

  #event(type: string, at: number, members: object): string {
    // Before there is text, every reader has the same numbers, whichever attempt will give it.
    const attempt = at < openings ? 1 : (this.#attempt ?? 1);
    const sequence_number = sequenceNumber({ attempt, at });
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...members })}\n\n`;
  }
}
