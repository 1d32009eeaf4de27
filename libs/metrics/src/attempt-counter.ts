import { type AttemptRecord, type EndpointState, llmErrorCodes, type LlmUsage } from '#llm';
import { Counter, type Registry } from 'prom-client';
import { BoundedLabel } from './bounded-label.js';
import { durationBuckets, firstTokenBuckets, tokenBuckets } from './gen-ai-buckets.js';
import { PathMap } from './path-map.js';
import { SeriesHistogram, type Labels } from './series-histogram.js';
import { serverAddress, type ServerAddress } from './server-address.js';
import { type Tally } from './tally.js';

/** How many different codes and models of one endpoint become labels, beside the known ones. */
const errorCodeBounds = { first: 50, repeated: 10 };
const modelBounds = { first: 15, repeated: 10 };

type TokenType = 'input' | 'output' | 'total';

/** The attempts that have all their labels in common. */
interface AttemptSeries {
  attempt: Labels;
  operation: Labels;
  attempts: number;
  retries: number;
  duration: Tally;
  firstToken: Tally | undefined;
  tokens: Partial<Record<TokenType, Tally>>;
}

/**
 * Counts attempts: under names of our own by route and endpoint, and as the conventions of OpenTelemetry for generative
 * AI have it, where each attempt is one operation of a client. Labels are put together once for each series, not for each
 * attempt.
 */
export class AttemptCounter {
  readonly #errorCodes = new BoundedLabel(errorCodeBounds, llmErrorCodes);
  readonly #askedModels: BoundedLabel;
  readonly #models: BoundedLabel;
  readonly #addresses: ReadonlyMap<string, ServerAddress>;
  readonly #series = new PathMap<AttemptSeries>();
  readonly #duration;
  readonly #firstToken;
  readonly #tokens;

  /** @param endpoints every endpoint that attempts can go to */
  constructor(registry: Registry, endpoints: readonly Pick<EndpointState, 'url' | 'model'>[]) {
    const configured = endpoints.map(({ model }) => model);
    this.#askedModels = new BoundedLabel(modelBounds, configured);
    this.#models = new BoundedLabel(modelBounds, configured);
    this.#addresses = new Map(endpoints.map(({ url }) => [url, serverAddress(url)]));
    const series = this.#series;
    new Counter({
      name: 'parley_llm_attempts_total',
      help: 'Tries of a request against one endpoint, by their outcome.',
      labelNames: ['route', 'endpoint', 'outcome', 'error_code'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { attempt, attempts } of series.values) this.inc(attempt, attempts);
      },
    });
    new Counter({
      name: 'parley_llm_retries_total',
      help: 'Attempts after a failed one of the same request, by where they went.',
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
      help: 'Duration of an attempt, waiting for a connection included.',
      buckets: durationBuckets,
    });
    this.#firstToken = new SeriesHistogram(registry, {
      name: 'gen_ai_server_time_to_first_token_seconds',
      help: 'From the start of an attempt that succeeded to the first frame of its answer.',
      buckets: firstTokenBuckets,
    });
    this.#tokens = new SeriesHistogram(registry, {
      name: 'gen_ai_client_token_usage',
      help: 'Tokens of an answer as its server counted them; type total where it tells no more than that.',
      buckets: tokenBuckets,
    });
  }

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
    const model = this.#askedModels.of(attempt.model);
    const answeredBy = responseModel ? this.#models.of(responseModel, endpoint) : '';
    const error = errorCode === null ? '' : this.#errorCodes.of(errorCode, endpoint);
    const path = [route, endpoint, outcome, model, answeredBy, error];
    const known = this.#series.get(path);
    if (known !== undefined) return known;
    const operation = {
      gen_ai_operation_name: 'chat',
      gen_ai_request_model: model,
      ...(answeredBy === '' ? {} : { gen_ai_response_model: answeredBy }),
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

  /** A total beside its parts would count every token twice. Servers count as they like: what is no count is left out. */
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
