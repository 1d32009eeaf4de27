/** A mistake in a description. */
export interface DescriptionMistake {
  /** A JSON Pointer (RFC 6901) into the description. */
  at: string;
  /** The rest of a sentence that begins with the name of the part: `must be …`. */
  message: string;
}

/** A description that cannot be compiled. The message lists every mistake, one per line. */
export class ProtocolDescriptionError extends Error {
  override readonly name = 'ProtocolDescriptionError';

  constructor(readonly mistakes: readonly DescriptionMistake[]) {
    const lines = mistakes.map(({ at, message }) => `  ${at === '' ? 'the description' : at} ${message}`);
    super(`The description of a protocol has mistakes:\n${lines.join('\n')}`);
  }
}

/** A location in a description. Mistakes are collected, so that one compilation finds all of them. */
export class Location {
  readonly #mistakes: DescriptionMistake[];

  constructor(
    readonly pointer: string,
    found: DescriptionMistake[],
  ) {
    this.#mistakes = found;
  }

  /** The location of a part. */
  at(key: string | number): Location {
    const escaped = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
    return new Location(`${this.pointer}/${escaped}`, this.#mistakes);
  }

  /** Records a mistake at this location. */
  report(message: string): void {
    const at = this.pointer;
    if (!this.#mistakes.some((known) => known.at === at && known.message === message)) {
      this.#mistakes.push({ at, message });
    }
  }
}

/** The items of a list with their locations; a value that is not a list is its only item. */
export function each<T>(
  value: T | readonly T[] | undefined,
  location: Location,
): [part: T, location: Location][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[value as T, location]];
  return (value as readonly T[]).map((part, index) => [part, location.at(index)]);
}
