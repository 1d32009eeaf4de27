import { Problem } from './problem.js';

/** The convention for named errors of all modules (docs/architecture.md). */
export interface CodedError extends Error {
  /** Stable, snake_case. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

/** The HTTP response for an error code. The error's message is not sent unless `detail` returns it. */
export interface ErrorResponse {
  status: number;
  title?: string;
  detail?: string | ((error: CodedError) => string);
  retryAfterSeconds?: number | ((error: CodedError) => number | undefined);
  fields?: (error: CodedError) => Record<string, unknown>;
}

/** HTTP responses by error code, for errors of modules that are independent of HTTP. Provided by the application. */
export type ErrorResponses = Readonly<Record<string, ErrorResponse>>;

/** Injection token of the {@link ErrorResponses}. */
export const ERROR_RESPONSES = Symbol('ERROR_RESPONSES');

/** Converts a driver's error to a {@link CodedError}; returns every other value unchanged. */
export type MapError = (error: unknown) => unknown;

/** Injection token of the {@link MapError}. */
export const MAP_ERROR = Symbol('MAP_ERROR');

/** Whether a thrown value is a {@link CodedError}. */
export function isCodedError(error: unknown): error is CodedError {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as Partial<CodedError>).code === 'string' &&
    typeof (error as Partial<CodedError>).retryable === 'boolean'
  );
}

/** The problem for a coded error; undefined if its code has no response. */
export function fromCodedError(error: CodedError, responses: ErrorResponses): Problem | undefined {
  const response = Object.hasOwn(responses, error.code) ? responses[error.code] : undefined;
  if (response === undefined) return undefined;
  const { detail, retryAfterSeconds } = response;
  return new Problem({
    status: response.status,
    code: error.code,
    title: response.title,
    detail: typeof detail === 'function' ? detail(error) : detail,
    retryable: error.retryable,
    retryAfterSeconds: typeof retryAfterSeconds === 'function' ? retryAfterSeconds(error) : retryAfterSeconds,
    fields: response.fields?.(error),
    cause: error,
  });
}
