type RequestId = string | number | undefined;

/** What the end of an answer says about it. */
export interface AnswerFacts {
  /** The whole text; absent where the final frame shall not repeat it. */
  readonly response?: string;
  readonly tokens_used: number;
  readonly model: string;
  readonly finish_reason: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly style: 'flag' | 'string';
  /** Seconds. */
  readonly retryAfter?: number | null;
}

/** A frame builder made once per answer, for frames that are sent once per token. */
export function chunkFrames(requestId: RequestId): (text: string) => string {
  const end = requestId === undefined ? '}' : `,"request_id":${JSON.stringify(requestId)}}`;
  return (text) => `{"chunk":${JSON.stringify(text)}${end}`;
}

/** The answer of a request that is not streamed, and with `done` the last frame of one that is. */
export function answerFrame(facts: AnswerFacts, done: boolean, requestId: RequestId): string {
  return JSON.stringify({ ...facts, ...(done ? { done } : {}), ...echo(requestId) });
}

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

/** What a server would say with an error code when nothing else was ordered. */
export function messageForCode(code: string): string {
  return MESSAGES[code] ?? `The request failed: ${code}.`;
}
