import { ConnectionError } from '../errors.js';
import { type RunEvent } from '../objects/run-event.js';

/**
 * The text of an answer, put together from the events of its run. Pure.
 *
 * Every delta says where it belongs, so text that was seen before is recognised, and text that is missing is noticed
 * instead of being skipped.
 */
export class AnswerText {
  #text: string;

  /** @param text what was read of it before */
  constructor(text = '') {
    this.#text = text;
  }

  get value(): string {
    return this.#text;
  }

  /**
   * Takes the next event. Returns what is new in it: a delta without what was there before; undefined if nothing is.
   * @throws ConnectionError `unreadable` when text is missing before this event
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
    const known = this.#text.length - event.offset;
    if (known < 0) {
      throw new ConnectionError('unreadable', `${-known} characters are missing before ${event.offset}`);
    }
    const delta = event.delta.slice(known);
    if (delta === '') return undefined;
    const offset = this.#text.length;
    this.#text += delta;
    return known === 0 ? event : { ...event, offset, delta };
  }
}
