import { Problem } from './problem.js';

/** What every named error of this house carries (docs/architecture.md): a stable code, and whether trying again may help. */
export interface CodedError extends Error {
  readonly code: string;
  readonly retryable: boolean;
}

/** How an error with a known `code` is answered. Its message is shown only if `detail` says so. */
export interface ErrorResponse {
  status: number;
  title?: string;
  detail?: string | ((error: CodedError) => string);
  retryAfterSeconds?: number | ((error: CodedError) => number | undefined);
  fields?: (error: CodedError) => Record<string, unknown>;
}

/** Error code → HTTP answer, for errors of rooms that know nothing of HTTP. The application fills it. */
export type ErrorResponses = Readonly<Record<string, ErrorResponse>>;

/** Injection token of the {@link ErrorResponses}. */
export const ERROR_RESPONSES = Symbol('ERROR_RESPONSES');

/** Makes a coded error of what a driver throws; leaves every other as it is. */
export type MapError = (error: unknown) => unknown;

/** Injection token of the {@link MapError}. */
export const MAP_ERROR = Symbol('MAP_ERROR');

/** Whether a thrown value follows the house's convention for errors. */
export function isCodedError(error: unknown): error is CodedError {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as Partial<CodedError>).code === 'string' &&
    typeof (error as Partial<CodedError>).retryable === 'boolean'
  );
}

/** The problem for a coded error, or undefined when the table has no row for its code. */
export function fromCodedError(error: CodedError, answers: ErrorResponses): Problem | undefined {
  const answer = Object.hasOwn(answers, error.code) ? answers[error.code] : undefined;
  if (answer === undefined) return undefined;
  const { detail, retryAfterSeconds } = answer;
  return new Problem({
    status: answer.status,
    code: error.code,
    title: answer.title,
    detail: typeof detail === 'function' ? detail(error) : detail,
    retryable: error.retryable,
    retryAfterSeconds: typeof retryAfterSeconds === 'function' ? retryAfterSeconds(error) : retryAfterSeconds,
    fields: answer.fields?.(error),
    cause: error,
  });
}
