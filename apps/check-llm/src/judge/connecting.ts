import { LlmConnectionClosedError, type LlmError, LlmHandshakeError } from '#llm';
import { type ConnectFacts, type GreetingFacts } from '../probe/facts.js';
import { type Claims } from './claims.js';
import { counted, shownMs, type CheckName, type Finding } from './finding.js';
import { isUsedOnce, reuseAdvice, unnamed } from './late.js';

/** Node's codes for certificates that it does not trust. */
const certificateCodes = /CERT|SIGNATURE|ISSUER|ALTNAME/;

/** What web servers say where they have no WebSocket. */
const wrongPlace = new Set([400, 404, 405, 426]);

export function judgeConnect({ openedMs, error, frames }: ConnectFacts, claims: Claims): Finding {
  if (error !== undefined) {
    const heard = frames.filter(({ way }) => way === 'heard').map(({ text }) => text);
    return {
      check: 'connect',
      verdict: 'fails',
      says: `${error.message}.`,
      ...optional('advice', connectAdvice(error, claims)),
      ...(heard.length > 0 ? { frames: heard } : {}),
    };
  }
  const ms = openedMs ?? 0;
  const shaken = claims.hasHandshake ? ', handshake of the protocol included' : '';
  if (ms > claims.connectTimeoutMs) {
    return { check: 'connect', verdict: 'differs', says: `It takes ${shownMs(ms)} to connect${shaken}.` };
  }
  return { check: 'connect', verdict: 'works', says: `Connected in ${shownMs(ms)}${shaken}.` };
}

function connectAdvice(error: LlmError, { hasKey, hasHandshake, protocol }: Claims): string | undefined {
  if (error instanceof LlmHandshakeError) {
    const { status } = error;
    if (status === 401 || status === 403) {
      return hasKey
        ? 'The key in LLM_API_KEY is refused: is it for this server, and still valid?'
        : 'The server wants a key: set LLM_API_KEY.';
    }
    if (status < 300 || wrongPlace.has(status)) {
      return 'There is no WebSocket at this path: an LLM server often has it at /ws, /chat or /v1/….';
    }
    if (status >= 300 && status < 400) return 'The address leads elsewhere: use the one that it leads to.';
    return undefined;
  }
  if (error.code === 'connect_timeout') {
    return hasHandshake
      ? `Either nobody listens there, or the server does not know the handshake of ${protocol}.`
      : 'Nobody answers there: is a firewall in between, or is it a server for something else?';
  }
  if (error instanceof LlmConnectionClosedError) return 'The server closes as soon as it is connected to.';
  const code = codeOf(error.cause);
  if (code === 'ECONNREFUSED') return 'Nothing listens at this address and port.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'This host name is not known here.';
  if (certificateCodes.test(code)) {
    return 'The certificate is not trusted: put the one of its issuer into a PEM file, and its path into LLM_EXTRA_CA.';
  }
  if (code.startsWith('HPE_'))
    return 'Something listens there, but it does not speak HTTP, as WebSocket servers do.';
  if (code === 'EPROTO') return 'There is no TLS behind this port: write ws:// instead of wss://.';
  return undefined;
}

function codeOf(cause: unknown): string {
  return String((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: string });
}

/** A server that answered, and now takes no connection. */
export function judgeGone(check: CheckName, error: LlmError): Finding {
  return {
    check,
    verdict: 'fails',
    says: `The server is not there any more: ${error.message}.`,
    advice: 'Has it crashed? Its log may say why.',
  };
}

export function judgeGreeting({ frames, harmful, answers }: GreetingFacts, claims: Claims): Finding {
  if (harmful.length > 0) {
    return {
      check: 'greeting',
      verdict: 'fails',
      says: `Before it is asked the server sends ${counted(harmful.length, 'frame')} that the protocol cannot be speaking; Parley leaves such a connection.`,
      frames: harmful,
    };
  }
  if (frames.length === 0) {
    return { check: 'greeting', verdict: 'works', says: 'The server waits until it is asked.' };
  }
  if (unnamed(answers).length > 0) {
    const lastMs = Math.max(...answers.map(({ afterMs }) => afterMs));
    return {
      check: 'greeting',
      verdict: claims.reuse === 'always' ? 'fails' : isUsedOnce(claims) ? 'note' : 'differs',
      says:
        `Before it is asked the server sends ${counted(answers.length, 'frame')} that read as an answer, the last one ` +
        `${shownMs(lastMs)} after the connection: one that crosses a request could be mistaken for its answer.`,
      advice: isUsedOnce(claims)
        ? 'Parley waits for it, as each connection carries one answer.'
        : `${reuseAdvice(claims)} A description can also wait for it: handshake: [{ expect: … }].`,
      frames,
    };
  }
  const says = `The server speaks first: ${counted(frames.length, 'frame')}, which Parley passes over.`;
  return { check: 'greeting', verdict: 'works', says, frames };
}
