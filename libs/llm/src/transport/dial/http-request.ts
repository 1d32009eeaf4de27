import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import { type HttpRequest, type HttpResponse } from '../../protocols/session-request.js';
import { type TransportOptions } from '../transport-options.js';
import { proxyFor } from './proxy-settings.js';
import { tunnelThrough } from './tunnel.js';

/** Most bytes of a response's body. */
export const maxHttpResponseBytes = 64 * 1024;

/** The body of a response exceeds {@link maxHttpResponseBytes}. */
export class HttpResponseTooLargeError extends Error {
  constructor() {
    super(`the response is larger than ${maxHttpResponseBytes} bytes`);
  }
}

/**
 * Performs an HTTP request on a connection of its own. Redirects are not followed, and bodies are not inflated.
 * @param network proxies, and trusted certificate authorities
 * @param signal bounds the time
 */
export async function requestHttp(
  { method, url, headers, body }: HttpRequest,
  { secureContext, proxy: settings }: Pick<TransportOptions, 'secureContext' | 'proxy'>,
  signal: AbortSignal,
): Promise<HttpResponse & { retryAfterMs: number | undefined }> {
  const proxy = settings && proxyFor(url, settings);
  const tunnel = proxy && tunnelThrough(proxy, url, secureContext, signal);
  const options: RequestOptions = {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) },
    agent: tunnel?.agent ?? false,
    signal,
    ...(secureContext === undefined ? {} : { secureContext }),
    ...tunnel?.identity,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.startsWith('https:') ? requestSecure : requestPlain)(url, options, resolve);
  request.on('error', reject);
  request.end(body);
  const response = await promise;
  const text = await bodyOf(response);
  return {
    status: response.statusCode ?? 0,
    headers: joined(response.headers),
    cookies: (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]!.trim()).join('; '),
    body: text,
    retryAfterMs: secondsToMs(response.headers['retry-after']),
  };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxHttpResponseBytes) {
      response.destroy();
      throw new HttpResponseTooLargeError();
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
    ),
  );
}

function secondsToMs(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
