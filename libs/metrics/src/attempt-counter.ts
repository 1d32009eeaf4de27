import { type AttemptRecord, type EndpointState, llmErrorCodes, type LlmUsage } from '#llm';
import { Counter, type Registry } from 'prom-client';
import { BoundedLabel } from './bounded-label.js';
import { durationBuckets, firstTokenBuckets, tokenBuckets } from './gen-ai-buckets.js';
import { PathMap } from './path-map.js';
import { SeriesHistogram, type Labels } from './series-histogram.js';
import { serverAddress, type ServerAddress } from './server-address.js';
import { type HistogramSeries } from './histogram-series.js';

/** Bounds of the distinct error codes and models per endpoint that become labels, in addition to known ones. */
const errorCodeBounds = { first: 50, repeated: 10 };
const modelBounds = { first: 15, repeated: 10 };

type TokenType = 'input' | 'output' | 'total';

/** The attempts with the same labels. */
interface AttemptSeries {
  attempt: Labels;
  operation: Labels;
  attempts: number;
  retries: number;
  duration: HistogramSeries;
  firstToken: HistogramSeries | undefined;
  tokens: Partial<Record<TokenType, HistogramSeries>>;
}

/**
 * Counts attempts: in `parley_…` metrics by route and endpoint, and in metrics of OpenTelemetry's semantic conventions for
 * generative AI, where each attempt is one client operation. Labels are built once per series rather than per attempt.
 */
export class AttemptCounter {
  readonly #errorCodes = new BoundedLabel(errorCodeBounds, llmErrorCodes);
  readonly #requestModels: BoundedLabel;
  readonly #responseModels: BoundedLabel;
  readonly #addresses: ReadonlyMap<string, ServerAddress>;
  readonly #series = new PathMap<AttemptSeries>();
  readonly #duration;
  readonly #firstToken;
  readonly #tokens;

  /** @param endpoints every endpoint that attempts can go to */
  constructor(registry: Registry, endpoints: readonly Pick<EndpointState, 'url' | 'model'>[]) {
    const configured = endpoints.map(({ model }) => model);
    this.#requestModels = new BoundedLabel(modelBounds, configured);
    this.#responseModels = new BoundedLabel(modelBounds, configured);
    this.#addresses = new Map(endpoints.map(({ url }) => [url, serverAddress(url)]));
    const series = this.#series;
    new Counter({
      name: 'parley_llm_attempts_total',
      help: 'Attempts of requests at an endpoint, by outcome.',
      labelNames: ['route', 'endpoint', 'outcome', 'error_code'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { attempt, attempts } of series.values) this.inc(attempt, attempts);
      },
    });
    new Counter({
      name: 'parley_llm_retries_total',
      help: 'Attempts after a failed attempt of the same request, by route and endpoint.',
      labelNames: ['route', 'endpoint'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { attempt, retries } of series.values) {
          if (retries > 0) this.inc({ route: attempt.route!, endpoint: attempt.endpoint! }, retries);
        }
      },
    });
    this.#duration = new SeriesHistogram(registry, {
      name: 'gen_ai_client_operation_duration_seconds',
      help: 'Duration of an attempt, including the wait for a connection.',
      buckets: durationBuckets,
    });
    this.#firstToken = new SeriesHistogram(registry, {
      name: 'gen_ai_server_time_to_first_token_seconds',
      help: 'Time from the start of a successful attempt to the first frame of its answer.',
      buckets: firstTokenBuckets,
    });
    this.#tokens = new SeriesHistogram(registry, {
      name: 'gen_ai_client_token_usage',
      help: 'Tokens of an answer as reported by the LLM server; type total if it reports only the total.',
      buckets: tokenBuckets,
    });
  }

  /** Counts one finished attempt. */
  count(attempt: AttemptRecord): void {
    const series = this.#seriesOf(attempt);
    series.attempts += 1;
    if (attempt.number > 1 && !attempt.isHedge) series.retries += 1;
    series.duration.observe(attempt.durationMs / 1_000);
    if (attempt.outcome !== 'succeeded') return;
    if (attempt.stream && attempt.firstTokenMs !== null) {
      series.firstToken ??= this.#firstToken.series(series.operation);
      series.firstToken.observe(attempt.firstTokenMs / 1_000);
    }
    if (attempt.usage) this.#countTokens(series, attempt.usage);
  }

  #seriesOf(attempt: AttemptRecord): AttemptSeries {
    const { route, endpoint, outcome, errorCode, responseModel } = attempt;
    const model = this.#requestModels.of(attempt.model);
    const responseLabel = responseModel ? this.#responseModels.of(responseModel, endpoint) : '';
    const error = errorCode === null ? '' : this.#errorCodes.of(errorCode, endpoint);
    const path = [route, endpoint, outcome, model, responseLabel, error];
    const known = this.#series.get(path);
    if (known !== undefined) return known;
    const operation = {
      gen_ai_operation_name: 'chat',
      gen_ai_request_model: model,
      ...(responseLabel === '' ? {} : { gen_ai_response_model: responseLabel }),
      ...this.#addresses.get(endpoint),
    };
    return this.#series.add(path, {
      attempt: { route, endpoint, outcome, ...(error === '' ? {} : { error_code: error }) },
      operation,
      attempts: 0,
      retries: 0,
      duration: this.#duration.series(error === '' ? operation : { ...operation, error_type: error }),
      firstToken: undefined,
      tokens: {},
    });
  }

  /** Omits the total if there are parts, as tokens would count twice, and invalid numbers from servers. */
  #countTokens(series: AttemptSeries, { inputTokens, outputTokens, totalTokens }: LlmUsage): void {
    const isSplit = inputTokens !== undefined || outputTokens !== undefined;
    this.#countType(series, 'input', inputTokens);
    this.#countType(series, 'output', outputTokens);
    this.#countType(series, 'total', isSplit ? undefined : totalTokens);
  }

  #countType({ tokens, operation }: AttemptSeries, type: TokenType, count: number | undefined): void {
    if (!isCount(count)) return;
    tokens[type] ??= this.#tokens.series({ ...operation, gen_ai_token_type: type });
    tokens[type].observe(count);
  }
}

function isCount(tokens: number | undefined): tokens is number {
  return Number.isFinite(tokens) && tokens! >= 0;
}
