/** What stands for every value beyond the bound. */
export const otherLabel = 'other';

/** Longer values are cut. */
const maxLength = 100;

/**
 * A label whose values come from outside: the first `limit` different ones are kept, all later ones become `other`, so
 * that nobody can make the number of time series grow without end.
 */
export class BoundedLabel {
  readonly #known = new Set<string>();

  constructor(private readonly limit: number) {}

  /** The value as it may stand in a label: at most 100 characters, of a bounded set. */
  of(value: string): string {
    if (this.#known.has(value)) return value;
    const label = value.length > maxLength ? value.slice(0, maxLength).toWellFormed() : value.toWellFormed();
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.limit) return otherLabel;
    this.#known.add(label);
    return label;
  }
}
