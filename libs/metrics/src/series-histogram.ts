import { type Histogram, type Registry } from 'prom-client';
import { Tally } from './tally.js';

export type Labels = Readonly<Record<string, string | number>>;

export interface HistogramOptions {
  name: string;
  help: string;
  /** Upper bounds of the buckets, in ascending order. */
  buckets: readonly number[];
}

/**
 * A histogram whose series are looked up once, and kept by whoever counts. prom-client's own makes a text of all labels
 * for every observation, to find the series by; for what is counted several times in each request that is too much.
 */
export class SeriesHistogram {
  readonly #options: HistogramOptions;
  readonly #series = new Map<string, { labels: Labels; tally: Tally }>();

  constructor(registry: Registry, options: HistogramOptions) {
    this.#options = options;
    // Of a metric that it did not make itself a registry uses the name and what `get` gives.
    registry.registerMetric(this as unknown as Histogram);
  }

  get name(): string {
    return this.#options.name;
  }

  /** The series with these labels, on the page from now on. */
  series(labels: Labels): Tally {
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = this.#series.get(key);
    if (known !== undefined) return known.tally;
    const tally = new Tally(this.#options.buckets);
    this.#series.set(key, { labels, tally });
    return tally;
  }

  /** What prom-client writes onto the page. */
  async get() {
    const { name, help } = this.#options;
    return {
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...this.#series.values()].flatMap(({ labels, tally }) => [
        ...tally.cumulated.map(({ bound, count }) => ({
          metricName: `${name}_bucket`,
          labels: { le: bound, ...labels },
          value: count,
        })),
        { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: tally.count },
        { metricName: `${name}_sum`, labels, value: tally.sum },
        { metricName: `${name}_count`, labels, value: tally.count },
      ]),
    };
  }
}
