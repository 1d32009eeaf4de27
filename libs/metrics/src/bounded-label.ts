/** What stands for every value beyond the bound. */
export const otherLabel = 'other';

/** Longer values are cut. */
const maxLength = 100;

/** How many different values of one source become labels. */
export interface LabelBounds {
  /** Kept at their first occurrence. */
  first: number;
  /** Kept beyond these, at their second occurrence. */
  repeated: number;
}

/** Values of one source that were seen once, and are remembered until they are seen again. */
const maxCandidates = 200;

interface Source {
  known: Set<string>;
  /** In the order in which they were seen. */
  candidates: Set<string>;
}

/**
 * A label with untrusted values. A bounded number of different values is kept, and all others become `other`, so that
 * the number of time series is bounded. Each source has its own share, and a part of it is for values that occur twice:
 * a server that invents a name for each answer hides neither the names of other servers nor its own later name. Values
 * that are known in advance do not count.
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
   * The value as it may stand in a label: at most 100 characters, of a bounded set.
   * @param source where it comes from, such as an endpoint: one of a bounded set
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

/** Removes the oldest if there are too many. */
function remember(candidates: Set<string>, label: string): void {
  candidates.add(label);
  if (candidates.size > maxCandidates) candidates.delete(candidates.values().next().value!);
}

function asLabel(value: string): string {
  return (value.length > maxLength ? value.slice(0, maxLength) : value).toWellFormed();
}
