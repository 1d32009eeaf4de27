import { addSpan, PatternAutomaton } from './pattern-automaton.js';
import { Fragments } from './fragments.js';
import { formsOf } from './secret-forms.js';
import { redactValue } from './redact-value.js';
import { markSpans, StreamRedactor } from './stream-redactor.js';

/**
 * The minimum length of a form of a secret to be redacted in answers and logs, in characters. Shorter texts occur in ordinary
 * text. Longer forms of a short secret are still redacted.
 */
export const shortestSecret = 8;

/** The minimum length in error messages of servers. */
const shortestInErrors = 4;

/** The length of a part of a secret that is redacted in error messages. */
const fragmentLength = 8;

/** The maximum length of an error message, in characters; the rest is cut off. */
const maxErrorLength = 4_000;

/** The secrets of a {@link SecretRedactor}; empty ones are ignored. */
export interface SecretsToRedact {
  secrets: readonly string[];
  /** Account names: redacted in error messages alone, as they may be words of an answer. */
  accounts?: readonly string[];
  /** Redacted verbatim only: for many secrets that no server knows. */
  plain?: readonly string[];
}

/**
 * Replaces every form of its secrets in texts with `[secret]`. Covers the encodings of headers, URLs and JSON that servers and
 * libraries produce; it cannot stop a server that deliberately leaks its own key in another encoding.
 */
export class SecretRedactor {
  readonly #automaton: PatternAutomaton | undefined;
  readonly #inErrors: PatternAutomaton | undefined;
  readonly #fragments: Fragments;

  constructor({ secrets, accounts = [], plain = [] }: SecretsToRedact) {
    const forms = formsOfAll(secrets);
    this.#automaton = automatonOf([...forms, ...plain], shortestSecret);
    this.#inErrors = automatonOf([...forms, ...formsOfAll(accounts)], shortestInErrors);
    this.#fragments = new Fragments(forms, fragmentLength);
  }

  /** Redacts a text of any length. */
  readonly redact = (text: string): string => {
    if (this.#automaton === undefined) return text;
    const { spans } = this.#automaton.scan(text, true);
    return spans.length === 0 ? text : markSpans(text, spans, text.length).text;
  };

  /** Redacts an error message of a server, including parts of secrets and short secrets. Returns at most 4000 characters. */
  readonly redactError = (message: string): string => {
    const text = message.length > maxErrorLength ? message.slice(0, maxErrorLength) : message;
    if (this.#inErrors === undefined) return text;
    const spans: number[] = [];
    const found = [...pairs(this.#inErrors.scan(text, true).spans), ...pairs(this.#fragments.spansIn(text))];
    for (const [start, end] of found.sort(([a], [b]) => a - b)) addSpan(spans, start, end);
    return spans.length === 0 ? text : markSpans(text, spans, text.length).text;
  };

  /** Returns a JSON value with every key and string redacted; the value itself if nothing was redacted. See `redactValue`. */
  redactJson<T>(value: T): T {
    return this.#automaton === undefined ? value : (redactValue(value, this.redact) as T);
  }

  /** Creates a redactor for one text that arrives in pieces. */
  stream(): StreamRedactor {
    return new StreamRedactor(this.#automaton);
  }
}

function formsOfAll(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== '').flatMap(formsOf))];
}

function automatonOf(forms: readonly string[], shortest: number): PatternAutomaton | undefined {
  const patterns = forms.filter(({ length }) => length >= shortest);
  return patterns.length === 0 ? undefined : new PatternAutomaton(patterns);
}

function* pairs(spans: readonly number[]): Generator<[start: number, end: number]> {
  for (let index = 0; index < spans.length; index += 2) yield [spans[index]!, spans[index + 1]!];
}
