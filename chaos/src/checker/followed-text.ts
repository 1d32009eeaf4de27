import { type Reader, type StreamEvent } from '../history/history.js';

/** What a reader has after all the events that it received. */
export interface FollowedText {
  /** The joined deltas, cut at each `run.retrying`. */
  text: string;
  /** The longest text of each attempt, by the attempt's number. */
  attempts: Map<number, string>;
  /** The message as its final event has it. */
  ending: { content: string; status: string } | undefined;
  isFinished: boolean;
  /** Gaps, repeats and other violations of the protocol. */
  faults: string[];
}

const endings: ReadonlySet<string> = new Set([
  'message.completed',
  'message.failed',
  'message.cancelled',
  'message.incomplete',
]);

/** Applies the events of all readings of one reader, in order. Pure. */
export function followText({ readings }: Pick<Reader, 'readings'>): FollowedText {
  const replay = new Replay();
  for (const reading of readings) {
    if (reading.status === 204 && !replay.followed.isFinished) {
      replay.fault(`after ${reading.after ?? 'nothing'} the stream was answered 204 before run.finished`);
    }
    for (const event of reading.events) replay.apply(event);
  }
  return replay.followed;
}

class Replay {
  readonly followed: FollowedText = {
    text: '',
    attempts: new Map(),
    ending: undefined,
    isFinished: false,
    faults: [],
  };
  #events = 0;
  #isCreated = false;
  #attempt = 0;

  fault(what: string): void {
    this.followed.faults.push(what);
  }

  apply(event: StreamEvent): void {
    const { id, type } = event;
    const first = (this.#events += 1) === 1;
    if (this.followed.isFinished) return this.fault(`${type} ${id} after run.finished`);
    if (first !== (type === 'run.started'))
      return this.fault(first ? `it began with ${type} ${id}` : `${type} again`);
    if (type === 'run.started') return;
    if (type === 'message.created') return this.#created();
    if (!this.#isCreated) this.fault(`${type} ${id} before message.created`);
    if (type === 'run.finished') return this.#finished(event);
    if (this.followed.ending !== undefined)
      return this.fault(`${type} ${id} after the message's final event`);
    if (type === 'message.delta') return this.#delta(event);
    if (type === 'run.retrying') return this.#retrying(event);
    if (endings.has(type)) return this.#ended(event);
    this.fault(`an unknown event: ${type} ${id}`);
  }

  #created(): void {
    if (this.#isCreated) this.fault('message.created again');
    this.#isCreated = true;
  }

  #delta({ id, offset = -1, delta = '' }: StreamEvent): void {
    const { followed } = this;
    const { length } = followed.text;
    const [attempt = 0, position = -1] = id.split('.').map(Number);
    if (attempt !== this.#attempt && length > 0) {
      this.fault(
        `the text continued with attempt ${attempt} after attempt ${this.#attempt}, without run.retrying (${id})`,
      );
    }
    if (offset > length) this.fault(`a gap: a delta at ${offset} after ${length} characters (${id})`);
    if (offset < length) this.fault(`a repeat: a delta at ${offset} after ${length} characters (${id})`);
    if (position !== offset + delta.length)
      this.fault(`the id ${id} of a delta at ${offset} with ${delta.length} characters`);
    this.#attempt = attempt;
    followed.text = followed.text.slice(0, offset) + delta;
    if (followed.text.length > (followed.attempts.get(attempt)?.length ?? 0)) {
      followed.attempts.set(attempt, followed.text);
    }
  }

  #retrying({ id, attempt = -1, keepChars = 0 }: StreamEvent): void {
    const { followed } = this;
    if (attempt <= this.#attempt) {
      this.fault(`run.retrying ${id} with attempt ${attempt} after attempt ${this.#attempt}`);
    }
    if (keepChars > followed.text.length)
      this.fault(`run.retrying ${id} keeps ${keepChars} of ${followed.text.length} characters`);
    this.#attempt = attempt;
    followed.text = followed.text.slice(0, keepChars);
  }

  #ended({ type, content = '', status = '' }: StreamEvent): void {
    if (type !== `message.${status}`) this.fault(`${type} for a message that is ${status}`);
    this.followed.ending = { content, status };
  }

  #finished({ status = '' }: StreamEvent): void {
    const { ending } = this.followed;
    this.followed.isFinished = true;
    if (ending === undefined) this.fault('run.finished without a final event of the message');
    else if (ending.status !== status) this.fault(`the message is ${ending.status}, its run ${status}`);
  }
}
