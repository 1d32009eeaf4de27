import { type IncomingMessage } from 'node:http';
import { type Clock } from '../../clock.js';
import {
  LlmHandshakeError,
  LlmInvalidHandshakeError,
  type HandshakeFault,
} from '../../errors/handshake-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { type SecretRedactor } from '../../redaction/secret-redactor.js';

/** How much of the body of a refusal is read, in bytes, and for how long, in ms. */
const maxBodyBytes = 2_000;
const bodyTimeoutMs = 500;

/** A server, as the errors of its handshake name it. */
export interface NamedServer {
  /** The URL without user, password, query and fragment. */
  name: string;
  redactor: SecretRedactor;
}

/** The error for a response other than 101. Reads the start of a body that is plain text or JSON. Never rejects. */
export async function refusalOf(
  response: IncomingMessage,
  { name, redactor }: NamedServer,
  clock: Clock,
): Promise<LlmError> {
  const { statusCode = 0, statusMessage = '', headers } = response;
  // Node reports a 101 as a response if its Connection or Upgrade header is missing.
  if (statusCode === 101) {
    const detail = 'its response 101 has no header "Connection: Upgrade" or "Upgrade: websocket"';
    return new LlmInvalidHandshakeError(name, 'header', detail);
  }
  const text = isText(headers['content-type']) ? await startOfBody(response, clock) : '';
  return new LlmHandshakeError(name, statusCode, {
    reason: redactor.redactError(statusMessage),
    location:
      headers.location === undefined ? undefined : redactor.redactError(withoutQuery(headers.location)),
    text: redactor.redactError(text.replace(/\s+/g, ' ').trim()),
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

/**
 * The error for a response 101 that is not a valid end of the handshake.
 * @param reason the error of `ws`
 * @param requested the subprotocols that we offered
 */
export function invalidHandshake(
  reason: Error,
  response: IncomingMessage,
  requested: readonly string[],
  { name, redactor }: NamedServer,
): LlmInvalidHandshakeError {
  const [fault, detail] = faultIn(reason.message, response, requested);
  return new LlmInvalidHandshakeError(name, fault, redactor.redactError(detail), reason);
}

function faultIn(
  reason: string,
  { headers }: IncomingMessage,
  requested: readonly string[],
): [HandshakeFault, string] {
  const selected = `it selects the subprotocol "${headers['sec-websocket-protocol'] ?? ''}"`;
  const offered = requested.map((subprotocol) => `"${subprotocol}"`).join(', ');
  if (/no subprotocol/i.test(reason)) {
    return ['no_subprotocol', `it selects no subprotocol, although ${offered} is requested`];
  }
  if (/subprotocol but none/i.test(reason)) {
    return ['unrequested_subprotocol', `${selected}, although none is requested`];
  }
  if (/subprotocol/i.test(reason)) {
    return ['other_subprotocol', `${selected}, although ${offered} is requested`];
  }
  if (/extension/i.test(reason)) {
    const extension = headers['sec-websocket-extensions'] ?? '';
    return ['extension', `it selects the extension "${extension}", although none is requested`];
  }
  return ['header', `its response 101 has an invalid header (${reason})`];
}

function isText(contentType = ''): boolean {
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  return ['text/plain', 'application/json', 'application/problem+json'].includes(type.trim());
}

function startOfBody(response: IncomingMessage, clock: Clock): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (): void => {
      timer.cancel();
      resolve(Buffer.concat(chunks).subarray(0, maxBodyBytes).toString());
    };
    const timer = clock.timer(bodyTimeoutMs, end);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBodyBytes) end();
    });
    for (const event of ['end', 'error', 'close']) response.on(event, end);
  });
}

/** Queries of redirects often contain tokens. */
function withoutQuery(location: string): string {
  const [address = ''] = location.split(/[?#]/, 1);
  return address.replace(/\/\/[^/@]*@/, '//');
}

/** Reads `Retry-After` in seconds. Its other form, a date, is ignored, because the server's clock may differ. */
function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
