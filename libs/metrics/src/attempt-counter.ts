import { type AttemptRecord, type EndpointState, type LlmUsage } from '#llm';
import { Counter, Histogram, type Registry } from 'prom-client';
import { BoundedLabel } from './bounded-label.js';
import { durationBuckets, firstTokenBuckets, tokenBuckets } from './gen-ai-buckets.js';
import { serverAddress, type ServerAddress } from './server-address.js';

/** How many different codes and models may become labels. */
const maxErrorCodes = 50;
const maxModels = 50;

const operation = [
  'gen_ai_operation_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
  'server_address',
  'server_port',
] as const;

type OperationLabels = Partial<Record<(typeof operation)[number], string | number>>;

/**
 * Counts attempts: under names of our own by route and endpoint, and as the conventions of OpenTelemetry for generative
 * AI have it, where each attempt is one operation of a client.
 */
export class AttemptCounter {
  readonly #errorCodes = new BoundedLabel(maxErrorCodes);
  readonly #models = new BoundedLabel(maxModels);
  readonly #addresses: ReadonlyMap<string, ServerAddress>;
  readonly #attempts;
  readonly #retries;
  readonly #duration;
  readonly #firstToken;
  readonly #tokens;

  /** @param endpoints every endpoint that attempts can go to */
  constructor(registry: Registry, endpoints: readonly Pick<EndpointState, 'url'>[]) {
    const registers = [registry];
    this.#addresses = new Map(endpoints.map(({ url }) => [url, serverAddress(url)]));
    this.#attempts = new Counter({
      name: 'parley_llm_attempts_total',
      help: 'Tries of a request against one endpoint, by their outcome.',
      labelNames: ['route', 'endpoint', 'outcome', 'error_code'],
      registers,
    });
    this.#retries = new Counter({
      name: 'parley_llm_retries_total',
      help: 'Attempts after a failed one of the same request, by where they went.',
      labelNames: ['route', 'endpoint'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'gen_ai_client_operation_duration_seconds',
      help: 'Duration of an attempt, waiting for a connection included.',
      labelNames: [...operation, 'error_type'],
      buckets: durationBuckets,
      registers,
    });
    this.#firstToken = new Histogram({
      name: 'gen_ai_server_time_to_first_token_seconds',
      help: 'From the start of an attempt that succeeded to the first frame of its answer.',
      labelNames: operation,
      buckets: firstTokenBuckets,
      registers,
    });
    this.#tokens = new Histogram({
      name: 'gen_ai_client_token_usage',
      help: 'Tokens of an answer as its server counted them; type total where it tells no more than that.',
      labelNames: [...operation, 'gen_ai_token_type'],
      buckets: tokenBuckets,
      registers,
    });
  }

  count(attempt: AttemptRecord): void {
    const { route, endpoint, outcome, number, isHedge } = attempt;
    const error = attempt.errorCode === null ? undefined : this.#errorCodes.of(attempt.errorCode);
    this.#attempts.inc({ route, endpoint, outcome, ...(error === undefined ? {} : { error_code: error }) });
    if (number > 1 && !isHedge) this.#retries.inc({ route, endpoint });

    const labels = this.#operation(attempt);
    this.#duration.observe(
      error === undefined ? labels : { ...labels, error_type: error },
      attempt.durationMs / 1_000,
    );
    if (outcome !== 'succeeded') return;
    if (attempt.stream && attempt.firstTokenMs !== null)
      this.#firstToken.observe(labels, attempt.firstTokenMs / 1_000);
    if (attempt.usage) this.#countTokens(labels, attempt.usage);
  }

  #operation({ endpoint, model, responseModel }: AttemptRecord): OperationLabels {
    return {
      gen_ai_operation_name: 'chat',
      gen_ai_request_model: this.#models.of(model),
      ...(responseModel ? { gen_ai_response_model: this.#models.of(responseModel) } : {}),
      ...this.#addresses.get(endpoint),
    };
  }

  /** A total beside its parts would count every token twice. Servers count as they like: what is no count is left out. */
  #countTokens(labels: OperationLabels, { inputTokens, outputTokens, totalTokens }: LlmUsage): void {
    const isSplit = inputTokens !== undefined || outputTokens !== undefined;
    const counts = { input: inputTokens, output: outputTokens, total: isSplit ? undefined : totalTokens };
    for (const [type, tokens] of Object.entries(counts)) {
      if (isCount(tokens)) this.#tokens.observe({ ...labels, gen_ai_token_type: type }, tokens);
    }
  }
}

function isCount(tokens: number | undefined): tokens is number {
  return Number.isFinite(tokens) && tokens! >= 0;
}
