import {
  LlmConnectionClosedError,
  type LlmError,
  LlmHandshakeError,
  LlmInvalidHandshakeError,
  type HandshakeFault,
} from '#llm';
import { receivedTexts } from '../connection/recorded-connection.js';
import { type ConnectFacts, type GreetingFacts } from '../probe/facts.js';
import { type Expectations } from './expectations.js';
import { counted, shownMs, type CheckName, type Finding } from './finding.js';
import { isUsedOnce, reuseAdvice, withoutId } from './late-frames.js';

/** Matches Node's error codes for untrusted certificates. */
const certificateCodes = /CERT|SIGNATURE|ISSUER|ALTNAME/;

/** HTTP statuses of web servers at a path without a WebSocket. */
const noWebSocketStatuses = new Set([400, 404, 405, 426]);

/** Judges a connection attempt. */
export function judgeConnect({ openedMs, error, frames }: ConnectFacts, expected: Expectations): Finding {
  if (error !== undefined) {
    const received = receivedTexts(frames);
    return {
      check: 'connect',
      verdict: 'fails',
      says: `${error.message}.`,
      ...optional('advice', connectAdvice(error, expected)),
      ...(received.length > 0 ? { frames: received } : {}),
    };
  }
  const ms = openedMs ?? 0;
  const handshake = expected.hasHandshake ? ', including the handshake of the protocol' : '';
  if (ms > expected.connectTimeoutMs) {
    return { check: 'connect', verdict: 'differs', says: `Connecting takes ${shownMs(ms)}${handshake}.` };
  }
  return { check: 'connect', verdict: 'works', says: `Connected in ${shownMs(ms)}${handshake}.` };
}

function connectAdvice(
  error: LlmError,
  { hasKey, hasHandshake, protocol }: Expectations,
): string | undefined {
  if (error instanceof LlmHandshakeError) {
    const { status } = error;
    if (status === 401) {
      return hasKey
        ? 'The key in LLM_API_KEY is rejected: is it for this server, and still valid?'
        : 'The server requires a key: set LLM_API_KEY.';
    }
    if (status === 403) {
      return (
        `Check the key (LLM_API_KEY is ${hasKey ? 'set' : 'not set'}), the path of the address, and whether the server requires ` +
        'an Origin or another User-Agent: a description can send both, as address: { headers: { Origin: …, User-Agent: … } }.'
      );
    }
    if (status < 300 || noWebSocketStatuses.has(status)) {
      return 'There is no WebSocket at this path: many LLM servers have it at /ws, /chat or /v1/….';
    }
    if (status >= 300 && status < 400) return 'The address redirects: use the target of the redirect.';
    if (status === 407)
      return 'A proxy answers instead of the server: set HTTPS_PROXY to its address with user and password.';
    return undefined;
  }
  if (error instanceof LlmInvalidHandshakeError) return faultAdvice[error.fault];
  if (error.code === 'connect_timeout') {
    return hasHandshake
      ? `Either nothing listens there, or the server does not complete the handshake of ${protocol}.`
      : 'There is no response: is there a firewall in between, or another kind of server?';
  }
  if (error instanceof LlmConnectionClosedError) return 'The server closes new connections immediately.';
  const code = codeOf(error.cause);
  if (code === 'ECONNREFUSED') return 'Nothing listens at this address and port.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host name cannot be resolved.';
  if (certificateCodes.test(code)) {
    return 'The certificate is not trusted: save the certificate of its issuer as a PEM file, and set LLM_EXTRA_CA to its path.';
  }
  if (code.startsWith('HPE_'))
    return 'Something listens there, but it does not speak HTTP, on which WebSocket is based.';
  if (code === 'EPROTO') return 'There is no TLS at this port: use ws:// instead of wss://.';
  return undefined;
}

/** What to change if the response 101 of the server is invalid. */
const faultAdvice: Readonly<Record<HandshakeFault, string>> = {
  no_subprotocol:
    'The server does not know the subprotocol: remove or correct address: { subprotocols: … } of the description.',
  other_subprotocol: 'Write the subprotocol that the server selects in address: { subprotocols: [ … ] }.',
  unrequested_subprotocol:
    'The server speaks a subprotocol: request it with a description that has address: { subprotocols: [ … ] }.',
  extension: 'The server may only select extensions that are requested: turn its compression off.',
  header: 'The response is not that of a WebSocket server: does something in between rewrite or cache it?',
};

function codeOf(cause: unknown): string {
  return String((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: string });
}

/** The finding for a server that answered before, but no longer accepts connections. */
export function judgeUnreachable(check: CheckName, error: LlmError): Finding {
  return {
    check,
    verdict: 'fails',
    says: `The server is no longer reachable: ${error.message}.`,
    advice: 'Has it crashed? See its log.',
  };
}

/** Judges frames before the first request. */
export function judgeGreeting(
  { frames, rejected, problem, answers }: GreetingFacts,
  expected: Expectations,
): Finding {
  if (rejected.length > 0) {
    return {
      check: 'greeting',
      verdict: 'fails',
      says: `Before the first request the server sends ${counted(rejected.length, 'frame')} that the protocol rejects${problem === undefined ? '' : `: ${problem}`}; Parley closes such a connection.`,
      frames: rejected,
    };
  }
  if (frames.length === 0) {
    return {
      check: 'greeting',
      verdict: 'works',
      says: 'The server sends nothing before the first request.',
    };
  }
  if (withoutId(answers).length > 0) {
    const lastMs = Math.max(...answers.map(({ afterMs }) => afterMs));
    return {
      check: 'greeting',
      verdict: expected.reuse === 'always' ? 'fails' : isUsedOnce(expected) ? 'note' : 'differs',
      says:
        `Before the first request the server sends ${counted(answers.length, 'frame')} that read as an answer, the last one ` +
        `${shownMs(lastMs)} after the connection opens: one that arrives after a request could be mistaken for its answer.`,
      advice: isUsedOnce(expected)
        ? 'Parley waits for such frames, because each connection carries one answer.'
        : `${reuseAdvice(expected)} A description can also expect them: handshake: [{ expect: … }].`,
      frames,
    };
  }
  const says = `The server sends ${counted(frames.length, 'frame')} before the first request, which Parley ignores.`;
  return { check: 'greeting', verdict: 'works', says, frames };
}
