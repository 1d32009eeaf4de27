import { type AnswerFacts, type ProtocolEnd, type ProtocolEvent } from './protocol.js';

/** The protocol's end with every fact. */
export type AnswerEnd = ProtocolEnd & { finishReason: string };

/** A piece to add, a text in place of all that came before, or the end with all facts. */
export type AnswerEvent = { type: 'delta'; text: string } | { type: 'replace'; text: string } | AnswerEnd;

/**
 * Makes one answer of what frames say about it: the whole text so far becomes the piece that is new, and facts that
 * came on the way are told with the end.
 */
export class AnswerAssembly {
  #text = '';
  #facts: AnswerFacts | undefined;

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  /** Of several values for one fact the last one counts; token counts are joined. */
  learn(facts: AnswerFacts): void {
    this.#facts = this.#facts === undefined ? facts : merged(this.#facts, facts);
  }

  take(event: Exclude<ProtocolEvent, { type: 'error' }>): AnswerEvent {
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

  /** The end, with every fact. */
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
