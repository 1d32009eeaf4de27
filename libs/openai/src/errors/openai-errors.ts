import { type ErrorFormat, type Problem } from '#problems';

/** What the official clients read of an error. */
export interface OpenAiError {
  message: string;
  type: string;
  /** The field that is wrong. */
  param: string | null;
  code: string | null;
}

/** Our codes where the official API has one of its own that programs compare. */
const officialCodes: Readonly<Record<string, string>> = {
  missing_api_key: 'invalid_api_key',
  content_policy_violation: 'content_filter',
  conversation_busy: 'conversation_locked',
};

/** A problem in the words of the OpenAI API. */
export function openAiError(problem: Problem): OpenAiError {
  const [first] = problem.errors;
  return {
    message: problem.detail ?? problem.title,
    type: typeOf(problem.status),
    param: first?.field ?? null,
    code: officialCodes[problem.code] ?? first?.code ?? problem.code,
  };
}

/** Everything under `/v1/` fails as the OpenAI API does, whoever found out. */
export const openAiErrors: ErrorFormat = {
  prefix: '/v1/',
  body: (problem) => ({ error: openAiError(problem) }),
};

function typeOf(status: number): string {
  if (status >= 500) return 'server_error';
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return 'invalid_request_error';
}
