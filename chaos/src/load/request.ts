import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** Where a replica listens. */
export interface Address {
  name: string;
  port: number;
}

/** A request. */
export interface CallOptions {
  method: 'GET' | 'POST';
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Until the headers of the answer; then the outcome is `silent`. */
  timeoutMs: number;
  /** Closes the connection; before the headers, the outcome is `dropped`. */
  signal: AbortSignal;
}

/** How a request ended. `refused`: there was no connection, so the server received nothing. */
export type CallResult =
  | { outcome: 'refused' | 'broken' | 'silent' | 'dropped' }
  | { outcome: 'answered'; status: number; headers: IncomingHttpHeaders; response: IncomingMessage };

/** Sends one request on a new connection, so that its outcome is certain. Never rejects. */
export async function call({ port }: Address, options: CallOptions): Promise<CallResult> {
  const { method, path, headers = {}, body, timeoutMs, signal } = options;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: { ...headers, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
  });
  const timer = setTimeout(() => outgoing.destroy(new Silence()), timeoutMs);
  const drop = (): void => void outgoing.destroy(new Dropped());
  signal.addEventListener('abort', drop, { once: true });
  try {
    if (signal.aborted) drop();
    outgoing.end(text);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.once('close', () => signal.removeEventListener('abort', drop));
    response.on('error', () => undefined);
    return { outcome: 'answered', status: response.statusCode ?? 0, headers: response.headers, response };
  } catch (error) {
    signal.removeEventListener('abort', drop);
    return { outcome: outcomeOf(error) };
  } finally {
    clearTimeout(timer);
    outgoing.on('error', () => undefined);
  }
}

/** Reads the body of an answer. @returns undefined if it broke off or did not end in time */
export async function bodyOf(response: IncomingMessage, timeoutMs: number): Promise<string | undefined> {
  const timer = setTimeout(() => response.destroy(), timeoutMs);
  try {
    response.setEncoding('utf8');
    let text = '';
    for await (const piece of response) text += piece as string;
    return response.complete ? text : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

class Silence extends Error {}
class Dropped extends Error {}

function outcomeOf(error: unknown): 'refused' | 'broken' | 'silent' | 'dropped' {
  if (error instanceof Silence) return 'silent';
  if (error instanceof Dropped) return 'dropped';
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'broken';
}
