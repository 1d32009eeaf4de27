import { LlmConnectError } from '../../errors/connection-errors.js';
import { LlmSessionRequestError } from '../../errors/handshake-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type ProtocolContext } from '../../protocols/protocol-context.js';
import { type Learned } from '../../protocols/protocol.js';
import { type SessionRequest } from '../../protocols/session-request.js';
import { type TransportOptions } from '../transport-options.js';
import { publicUrl } from './endpoint-url.js';
import { HttpResponseTooLargeError, requestHttp } from './http-request.js';
import { withUserAgent } from './user-agent.js';

/**
 * Performs the HTTP request of a protocol before a connection. Its errors have no query, header or body of the request.
 * @param url the address of the endpoint
 * @param signal bounds the time; aborted when the connect fails
 * @returns the values to save
 * @throws LlmConnectError, LlmSessionRequestError
 */
export async function requestSession(
  session: SessionRequest,
  url: string,
  context: ProtocolContext,
  options: Pick<TransportOptions, 'secureContext' | 'proxy'>,
  signal: AbortSignal,
): Promise<Learned> {
  const request = session.request(url, context);
  const name = publicUrl(request.url);
  let response;
  try {
    response = await requestHttp({ ...request, headers: withUserAgent(request.headers) }, options, signal);
  } catch (cause) {
    if (cause instanceof HttpResponseTooLargeError) throw new LlmSessionRequestError(name, cause.message);
    throw new LlmConnectError(name, cause as Error);
  }
  if (response.status >= 400) throw new LlmSessionRequestError(name, response.status, response.retryAfterMs);
  try {
    return session.learn(response);
  } catch (cause) {
    if (cause instanceof LlmError) throw cause;
    throw new LlmSessionRequestError(name, (cause as Error).message);
  }
}
