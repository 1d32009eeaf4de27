type RequestId = string | number | undefined;

/** The fields of a final frame. */
export interface AnswerFacts {
  /** The whole text; undefined if the final frame does not repeat it. */
  readonly response?: string;
  readonly tokens_used: number;
  readonly model: string;
  readonly finish_reason: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The fields of an error frame. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly style: 'flag' | 'string';
  /** Seconds. */
  readonly retryAfter?: number | null;
}

/** Creates a fast encoder for the chunk frames of one answer. */
export function chunkFrames(requestId: RequestId): (text: string) => string {
  const end = requestId === undefined ? '}' : `,"request_id":${JSON.stringify(requestId)}}`;
  return (text) => `{"chunk":${JSON.stringify(text)}${end}`;
}

/** Encodes an answer without streaming or, with `done`, the final frame of a streamed one. */
export function answerFrame(facts: AnswerFacts, done: boolean, requestId: RequestId): string {
  return JSON.stringify({ ...facts, ...(done ? { done } : {}), ...echo(requestId) });
}

/** Encodes an error. */
export function errorFrame({ code, message, style, retryAfter }: ErrorFacts, requestId: RequestId): string {
  const error =
    style === 'flag'
      ? { error: true, error_code: code, error_message: message }
      : { error: message, error_code: code };
  return JSON.stringify({
    ...error,
    ...(retryAfter === undefined || retryAfter === null ? {} : { retry_after: retryAfter }),
    ...echo(requestId),
  });
}

function echo(requestId: RequestId): { request_id?: string | number } {
  return requestId === undefined ? {} : { request_id: requestId };
}

const MESSAGES: Readonly<Record<string, string>> = {
  rate_limited: 'Too many requests, slow down.',
  overloaded: 'The model is overloaded, try again later.',
  internal_error: 'Something went wrong inside the model server.',
  context_length_exceeded: 'The conversation is longer than the context of this model.',
  content_policy_violation: 'The request was refused by the content policy.',
  invalid_request: 'The request is not valid.',
  invalid_api_key: 'The API key is not valid.',
  model_not_found: 'There is no such model here.',
};

/** The default message for an error code. */
export function messageForCode(code: string): string {
  return MESSAGES[code] ?? `The request failed: ${code}.`;
}
