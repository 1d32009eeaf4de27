/** What a turn may ask of the LLM. Stored with its run, so that another replica can ask again. */
export interface TurnSettings {
  max_tokens?: number | undefined;
  temperature?: number | undefined;
  /** Is the LLM asked for its answer piece by piece? */
  stream: boolean;
  /** May the text start over when an answer breaks off in the middle? */
  restart?: 'allowed' | 'never' | undefined;
}

/** What a run is generated from, beside the messages. Its members are those of the API. */
export interface GenerationRequest {
  model?: string | undefined;
  /** Passed on to the LLM server. */
  metadata: Record<string, unknown>;
  settings: TurnSettings;
  /** Told to the LLM before the history, as a system message. */
  instructions?: string | undefined;
  /** What the API that took the turn wants to find again; told to nobody else. */
  annotations?: Record<string, unknown> | undefined;
}
