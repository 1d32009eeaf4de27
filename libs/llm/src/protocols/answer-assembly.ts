import { type AnswerFacts, type ProtocolEnd, type ProtocolEvent } from './protocol.js';

/** The end of an answer, with all facts of its frames. */
export type AnswerEnd = ProtocolEnd & { finishReason: string };

/** A piece to append, a text that replaces the text so far, or the end with all facts. */
export type AnswerEvent = { type: 'delta'; text: string } | { type: 'replace'; text: string } | AnswerEnd;

/**
 * Assembles one answer from the events of its frames: a repeated text becomes the new piece of it, and facts of earlier
 * frames are added to the end.
 */
export class AnswerAssembly {
  #text = '';
  #facts: AnswerFacts | undefined;

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  /** Adds facts. Of several values for one fact the last one counts; token counts are merged by name. */
  addFacts(facts: AnswerFacts): void {
    this.#facts = this.#facts === undefined ? facts : merged(this.#facts, facts);
  }

  /** Adds an event of a frame, and returns what it changes for the reader of the answer. */
  add(event: Exclude<ProtocolEvent, { type: 'error' }>): AnswerEvent {
    switch (event.type) {
      case 'delta':
        this.#text += event.text;
        return event;
      case 'text':
        return this.#grow(event.text);
      case 'end':
        return this.end(event);
    }
  }

  /** Ends the answer. */
  end(event: ProtocolEnd): AnswerEnd {
    this.#text = event.text ?? this.#text + (event.lastPiece ?? '');
    if (this.#facts === undefined && event.finishReason !== undefined) return event as AnswerEnd;
    const facts = this.#facts === undefined ? event : merged(this.#facts, event);
    return { ...event, ...facts, finishReason: facts.finishReason ?? 'completed' };
  }

  #grow(whole: string): AnswerEvent {
    const before = this.#text;
    this.#text = whole;
    return whole.startsWith(before)
      ? { type: 'delta', text: whole.slice(before.length) }
      : { type: 'replace', text: whole };
  }
}

function merged(before: AnswerFacts, after: AnswerFacts): AnswerFacts {
  const { usage, model, finishReason, metadata } = after;
  return {
    ...before,
    ...(usage === undefined ? {} : { usage: { ...before.usage, ...usage } }),
    ...(model === undefined ? {} : { model }),
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
