import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** Where a replica listens. */
export interface Address {
  name: string;
  port: number;
}

export interface CallOptions {
  method: 'GET' | 'POST';
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** JSON. */
  body?: unknown;
  /** Until the headers of the answer; beyond, the replica counts as silent. */
  patienceMs: number;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** What came of a request. `refused`: there was no connection, so nothing was received. */
export type Reached =
  | { outcome: 'refused' | 'broken' | 'silent' | 'dropped' }
  | { outcome: 'answered'; status: number; headers: IncomingHttpHeaders; response: IncomingMessage };

/** Makes one request on a connection of its own, so that what happened to it can be told for sure. Never rejects. */
export async function call({ port }: Address, options: CallOptions): Promise<Reached> {
  const { method, path, headers = {}, body, patienceMs, signal } = options;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: { ...headers, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
  });
  const patience = setTimeout(() => outgoing.destroy(new Silence()), patienceMs);
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
    clearTimeout(patience);
    outgoing.on('error', () => undefined);
  }
}

/** The body of an answer; undefined when it broke off or did not come in time. */
export async function bodyOf(response: IncomingMessage, patienceMs: number): Promise<string | undefined> {
  const patience = setTimeout(() => response.destroy(), patienceMs);
  try {
    response.setEncoding('utf8');
    let text = '';
    for await (const piece of response) text += piece as string;
    return response.complete ? text : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(patience);
  }
}

class Silence extends Error {}
class Dropped extends Error {}

function outcomeOf(error: unknown): 'refused' | 'broken' | 'silent' | 'dropped' {
  if (error instanceof Silence) return 'silent';
  if (error instanceof Dropped) return 'dropped';
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'broken';
}
