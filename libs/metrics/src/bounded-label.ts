/** The label of all values above the bound. */
export const otherLabel = 'other';

/** Longer values are truncated. */
const maxLength = 100;

/** Upper bounds of the distinct values of one source that become labels. */
export interface LabelBounds {
  /** Values kept at their first occurrence. */
  first: number;
  /** Further values, kept at their second occurrence. */
  repeated: number;
}

/** Upper bound of the values of one source that are remembered after their first occurrence. */
const maxCandidates = 200;

interface Source {
  known: Set<string>;
  /** Values that occurred once, oldest first. */
  candidates: Set<string>;
}

/**
 * A label for untrusted values: keeps a bounded number of distinct values and replaces all others with `other`, so that the
 * number of time series is bounded. Each source has separate bounds, and part of them is reserved for values that occur
 * twice: a server that sends a new name with every answer hides neither the names of other servers nor its own later,
 * repeated name. Values that are known in advance do not count toward the bounds.
 */
export class BoundedLabel {
  readonly #fixed: ReadonlySet<string>;
  readonly #sources = new Map<string, Source>();

  readonly #bounds: LabelBounds;

  /** @param fixed values that are always kept, such as those of the configuration */
  constructor(bounds: LabelBounds, fixed: Iterable<string> = []) {
    this.#bounds = bounds;
    this.#fixed = new Set([...fixed].map(asLabel));
  }

  /**
   * Returns the label for a value: at most 100 characters, from a bounded set.
   * @param source where the value comes from, such as an endpoint; must itself be from a bounded set
   */
  of(value: string, source = ''): string {
    const label = asLabel(value);
    if (this.#fixed.has(label)) return label;
    const { known, candidates } = this.#source(source);
    if (known.has(label)) return label;
    const { first, repeated } = this.#bounds;
    const isFirst = known.size < first;
    if (isFirst || (known.size < first + repeated && candidates.has(label))) {
      candidates.delete(label);
      known.add(label);
      return label;
    }
    remember(candidates, label);
    return otherLabel;
  }

  #source(name: string): Source {
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = { known: new Set(), candidates: new Set() };
      this.#sources.set(name, source);
    }
    return source;
  }
}

/** Adds a candidate; removes the oldest one if there are too many. */
function remember(candidates: Set<string>, label: string): void {
  candidates.add(label);
  if (candidates.size > maxCandidates) candidates.delete(candidates.values().next().value!);
}

function asLabel(value: string): string {
  return (value.length > maxLength ? value.slice(0, maxLength) : value).toWellFormed();
}
