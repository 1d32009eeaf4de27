import { ConnectionError } from '../errors.js';
import { type RunEvent } from '../objects/run-event.js';

/**
 * Assembles the text of an answer from the events of its run.
 *
 * Every delta has a position in the text, so repeated text is dropped, and missing text is an error.
 */
export class AnswerText {
  #text: string;

  /** @param text the text that an earlier stream has read */
  constructor(text = '') {
    this.#text = text;
  }

  /** The text so far. */
  get value(): string {
    return this.#text;
  }

  /**
   * Applies the next event.
   * @returns the event; a delta without the text that was already there; undefined if nothing in it is new
   * @throws ConnectionError `unreadable` if text is missing before this event
   */
  accept(event: RunEvent): RunEvent | undefined {
    switch (event.type) {
      case 'message.delta':
        return this.#append(event);
      case 'run.retrying':
        this.#text = this.#text.slice(0, event.keep_chars);
        return event;
      case 'message.completed':
      case 'message.failed':
      case 'message.cancelled':
      case 'message.incomplete':
        this.#text = event.message.content;
        return event;
      default:
        return event;
    }
  }

  #append(event: Extract<RunEvent, { type: 'message.delta' }>): RunEvent | undefined {
    const overlap = this.#text.length - event.offset;
    if (overlap < 0) {
      throw new ConnectionError('unreadable', `${-overlap} characters are missing before ${event.offset}`);
    }
    const delta = event.delta.slice(overlap);
    if (delta === '') return undefined;
    const offset = this.#text.length;
    this.#text += delta;
    return overlap === 0 ? event : { ...event, offset, delta };
  }
}
