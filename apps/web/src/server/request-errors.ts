import { ConnectionError, ProblemError } from '@parley/client';
import { texts } from '../texts/texts';

/** Whether an error shows that the server did not respond: the connection failed, or a proxy responded in its place. */
export function isServerUnreachable(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  // A proxy's response has none of Parley's error codes; the client names it after its status.
  return error instanceof ProblemError && error.status >= 502 && error.code.startsWith('http_');
}

/** The text that is shown for an error of a request. */
export function errorText(error: unknown): string {
  if (error instanceof ConnectionError) return texts.errors.unreachable;
  return error instanceof ProblemError ? error.message : texts.errors.unknown;
}
