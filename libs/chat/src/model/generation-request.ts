import { type LlmSampling } from '#llm';

/** The settings of a generation. */
export interface TurnSettings {
  max_tokens?: number | undefined;
  temperature?: number | undefined;
  sampling?: LlmSampling | undefined;
  /** `disabled`: the whole history is sent, or the run fails; `auto` if left out: the newest turns that fit. */
  truncation?: 'auto' | 'disabled' | undefined;
  /** Whether the LLM server is asked to stream its answer. */
  stream: boolean;
  /** Whether the text may start over when an answer is interrupted; `allowed` if left out. */
  restart?: 'allowed' | 'never' | undefined;
}

/** A system message of a request. */
export interface SystemMessage {
  content: string;
  /** How many messages follow it, up to that of the user; consecutive messages of one role count as one. 0: it follows all. */
  before: number;
}

/**
 * What a run is generated from, besides the messages. Stored as JSON with the run, so that another replica can generate it
 * again. The names of the fields are those of the API.
 */
export interface GenerationRequest {
  model?: string | undefined;
  /** Passed on to the LLM server. */
  metadata: Record<string, unknown>;
  settings: TurnSettings;
  /** Sent to the LLM before the history, as a system message. */
  instructions?: string | undefined;
  /** Sent to the LLM with the history, in order. */
  system_messages?: readonly SystemMessage[] | undefined;
  /** Data of the API that began the turn. It is stored and not sent to the LLM. */
  annotations?: Record<string, unknown> | undefined;
}
