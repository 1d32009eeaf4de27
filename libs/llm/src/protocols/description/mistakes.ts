/** Something that is wrong in a description. */
export interface DescriptionMistake {
  /** A JSON Pointer (RFC 6901) into the description. */
  at: string;
  /** Follows the name of what it is about: `must be …`. */
  message: string;
}

/** A description that cannot be compiled. Its message lists every mistake, one a line. */
export class ProtocolDescriptionError extends Error {
  override readonly name = 'ProtocolDescriptionError';

  constructor(readonly mistakes: readonly DescriptionMistake[]) {
    const lines = mistakes.map(({ at, message }) => `  ${at === '' ? 'the description' : at} ${message}`);
    super(`The description of a protocol has mistakes:\n${lines.join('\n')}`);
  }
}

/** A place in a description while it is compiled; what is wrong there is noted, and compiling goes on. */
export class Place {
  readonly #found: DescriptionMistake[];

  constructor(
    readonly pointer: string,
    found: DescriptionMistake[],
  ) {
    this.#found = found;
  }

  at(key: string | number): Place {
    const escaped = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
    return new Place(`${this.pointer}/${escaped}`, this.#found);
  }

  wrong(message: string): void {
    const at = this.pointer;
    if (!this.#found.some((known) => known.at === at && known.message === message)) {
      this.#found.push({ at, message });
    }
  }
}

/** The parts of a list with their places; something that is no list is its only part. */
export function each<T>(value: T | readonly T[] | undefined, place: Place): [part: T, place: Place][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[value as T, place]];
  return (value as readonly T[]).map((part, index) => [part, place.at(index)]);
}
