import { type Histogram, type Registry } from 'prom-client';
import { HistogramSeries } from './histogram-series.js';

/** Labels of a series, by name. */
export type Labels = Readonly<Record<string, string | number>>;

/** Options of {@link SeriesHistogram}. */
export interface HistogramOptions {
  name: string;
  help: string;
  /** Upper bounds of the buckets, in ascending order. */
  buckets: readonly number[];
}

/**
 * A histogram whose callers look up a series once and keep it. prom-client's histogram joins all labels to a string for
 * every observation, which is too slow for several observations per request.
 */
export class SeriesHistogram {
  readonly #options: HistogramOptions;
  readonly #series = new Map<string, { labels: Labels; series: HistogramSeries }>();

  constructor(registry: Registry, options: HistogramOptions) {
    this.#options = options;
    // The registry uses only `name` and `get` of a metric.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** The name of the metric, for prom-client. */
  get name(): string {
    return this.#options.name;
  }

  /** Returns the series with these labels; creates it if needed. */
  series(labels: Labels): HistogramSeries {
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = this.#series.get(key);
    if (known !== undefined) return known.series;
    const series = new HistogramSeries(this.#options.buckets);
    this.#series.set(key, { labels, series });
    return series;
  }

  /** The data that prom-client formats. */
  async get() {
    const { name, help } = this.#options;
    return {
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...this.#series.values()].flatMap(({ labels, series }) => [
        ...series.cumulated.map(({ bound, count }) => ({
          metricName: `${name}_bucket`,
          labels: { le: bound, ...labels },
          value: count,
        })),
        { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: series.count },
        { metricName: `${name}_sum`, labels, value: series.sum },
        { metricName: `${name}_count`, labels, value: series.count },
      ]),
    };
  }
}
