import { type ErrorFormat, type FieldError, openAiMeanings, type Problem } from '#problems';

/** An error as the official clients read it: the value of `error` in an error response. */
export interface OpenAiError {
  message: string;
  /** `invalid_request_error`, `rate_limit_error` or `server_error`. */
  type: string;
  /** The field with the error. */
  param: string | null;
  code: string | null;
}

/** Codes of field errors for which the official API has a code of its own. */
const officialFieldCodes: Readonly<Record<string, string>> = {
  required: 'missing_required_parameter',
  unknown_field: 'unknown_parameter',
  too_many_elements: 'array_above_max_length',
};

/** Converts a problem to an error of the OpenAI API. */
export function openAiError(problem: Problem): OpenAiError {
  const [first] = problem.errors;
  return {
    message: problem.detail ?? problem.title,
    type: typeOf(statusOf(problem)),
    param: first?.field ?? null,
    code: first === undefined ? (openAiMeanings.get(problem.code)?.code ?? problem.code) : fieldCode(first),
  };
}

/** The format of errors under `/v1/`: `{"error": OpenAiError}`, whichever part of the server detects the error. */
export const openAiErrors: ErrorFormat = {
  prefix: '/v1/',
  status: statusOf,
  // The official clients obey it, whatever the status.
  headers: ({ retryable }) => ({ 'x-should-retry': String(retryable) }),
  body: (problem) => ({ error: openAiError(problem) }),
};

function statusOf({ code, status }: Problem): number {
  return openAiMeanings.get(code)?.status ?? status;
}

function fieldCode({ code = 'invalid_value' }: FieldError): string {
  if (/^is_[a-z_]+$/.test(code)) return 'invalid_type';
  if (code === 'min' || code === 'max') return 'invalid_value';
  return officialFieldCodes[code] ?? code;
}

function typeOf(status: number): string {
  if (status >= 500) return 'server_error';
  if (status === 429) return 'rate_limit_error';
  return 'invalid_request_error';
}
