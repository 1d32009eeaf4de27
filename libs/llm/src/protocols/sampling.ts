/**
 * Settings of a generation besides the temperature and the number of tokens, by their usual names. They are sent to servers
 * whose protocol has a place for them.
 */
export interface LlmSampling {
  /** Probability mass of the tokens to choose from: 0 to 1. */
  top_p?: number;
  /** Number of tokens to choose from. */
  top_k?: number;
  /** Least probability of a token, relative to that of the most probable one: 0 to 1. */
  min_p?: number;
  top_a?: number;
  typical_p?: number;
  seed?: number;
  presence_penalty?: number;
  frequency_penalty?: number;
  repetition_penalty?: number;
  min_tokens?: number;
  /** Sequences at which the answer ends. */
  stop?: readonly string[];
  /** Added to the logits of tokens, by token id. */
  logit_bias?: Readonly<Record<string, number>>;
  /** Such as `low`, `medium`, `high`. */
  reasoning_effort?: string;
  /** Such as `low`, `medium`, `high`. */
  verbosity?: string;
  /** Arguments of the server's chat template, such as `enable_thinking`. */
  chat_template_kwargs?: Readonly<Record<string, unknown>>;
}

const names: Readonly<Record<keyof LlmSampling, true>> = {
  top_p: true,
  top_k: true,
  min_p: true,
  top_a: true,
  typical_p: true,
  seed: true,
  presence_penalty: true,
  frequency_penalty: true,
  repetition_penalty: true,
  min_tokens: true,
  stop: true,
  logit_bias: true,
  reasoning_effort: true,
  verbosity: true,
  chat_template_kwargs: true,
};

/** The names of all {@link LlmSampling} settings. They are placeholders of protocol descriptions as well. */
export const samplingNames = Object.keys(names) as readonly (keyof LlmSampling)[];
