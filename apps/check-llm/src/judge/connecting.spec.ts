import {
  LlmConnectError,
  LlmConnectionClosedError,
  LlmHandshakeError,
  LlmInvalidHandshakeError,
  LlmTimeoutError,
  type HandshakeFault,
} from '#llm';
import { expectations, late, received, sent } from '../testing/scripted-facts.js';
import { judgeConnect, judgeGreeting, judgeUnreachable } from './connecting.js';

const failed = (error: Error & { code?: string }) => new LlmConnectError('ws://server/', error);
const system = (code: string) => failed(Object.assign(new Error(code), { code }));
const handshake = (status: number) => new LlmHandshakeError('ws://server/', status);
const invalid = (fault: HandshakeFault) => new LlmInvalidHandshakeError('ws://server/', fault, 'it differs');

describe('judgeConnect', () => {
  const connect = (error: Parameters<typeof judgeConnect>[0]['error'], expected = expectations()) =>
    judgeConnect({ openedMs: undefined, error, frames: [] }, expected);

  it.each([
    [20, {}, 'works', 'Connected in 20 ms.'],
    [20, { hasHandshake: true }, 'works', 'Connected in 20 ms, including the handshake of the protocol.'],
    [6_000, {}, 'differs', 'Connecting takes 6000 ms.'],
  ])('%i ms, %j: %s', (openedMs, changes, verdict, says) => {
    const facts = { openedMs, error: undefined, frames: [] };
    expect(judgeConnect(facts, expectations(changes))).toEqual({ check: 'connect', verdict, says });
  });

  it.each([
    ['HTTP 401', handshake(401), 'requires a key'],
    ['HTTP 403', handshake(403), 'Check the key (LLM_API_KEY is not set), the path of the address'],
    ['HTTP 403', handshake(403), 'Origin or another User-Agent'],
    ['HTTP 407', handshake(407), 'HTTPS_PROXY'],
    ['an unknown subprotocol', invalid('no_subprotocol'), 'remove or correct address: { subprotocols'],
    ['another subprotocol', invalid('other_subprotocol'), 'address: { subprotocols: [ … ] }'],
    ['an unrequested subprotocol', invalid('unrequested_subprotocol'), 'address: { subprotocols: [ … ] }'],
    ['compression', invalid('extension'), 'compression off'],
    ['an invalid response', invalid('header'), 'in between'],
    ['HTTP 404', handshake(404), 'no WebSocket at this path'],
    ['HTTP 200', handshake(200), 'no WebSocket at this path'],
    ['HTTP 302', handshake(302), 'redirects'],
    ['a timeout', new LlmTimeoutError('connect', 5_000, 'ws://server/'), 'firewall'],
    ['a close', new LlmConnectionClosedError('ws://server/', 1011, ''), 'closes new connections'],
    ['a refused connection', system('ECONNREFUSED'), 'Nothing listens'],
    ['an unknown host', system('ENOTFOUND'), 'cannot be resolved'],
    ['an untrusted certificate', system('SELF_SIGNED_CERT_IN_CHAIN'), 'LLM_EXTRA_CA'],
    ['another protocol than HTTP', system('HPE_INVALID_CONSTANT'), 'does not speak HTTP'],
    ['a port without TLS', system('EPROTO'), 'ws:// instead of wss://'],
  ])('gives advice for %s', (_, error, advice) => {
    const finding = connect(error);
    expect(finding).toMatchObject({ verdict: 'fails', says: `${error.message}.` });
    expect(finding.advice).toContain(advice);
  });

  it('has no advice for other errors', () => {
    expect(connect(system('EPIPE'))).not.toHaveProperty('advice');
    expect(connect(handshake(500))).not.toHaveProperty('advice');
  });

  it('distinguishes a rejected key and a handshake that does not end', () => {
    expect(connect(handshake(401), expectations({ hasKey: true })).advice).toContain('is rejected');
    const timeout = new LlmTimeoutError('connect', 5_000, 'ws://server/');
    expect(connect(timeout, expectations({ hasHandshake: true })).advice).toContain('handshake of guide');
  });

  it('shows the frames of the server', () => {
    const frames = [sent('hello'), received('no')];
    const facts = { openedMs: undefined, error: handshake(400), frames };
    expect(judgeConnect(facts, expectations()).frames).toEqual(['no']);
  });
});

describe('judgeUnreachable', () => {
  it('names the check that failed and the error', () => {
    expect(judgeUnreachable('ping', system('ECONNREFUSED'))).toMatchObject({
      check: 'ping',
      verdict: 'fails',
      says: expect.stringContaining('no longer reachable') as string,
    });
  });
});

describe('judgeGreeting', () => {
  const none = { frames: [], rejected: [], answers: [] };
  const greeting = { ...none, frames: ['{"response":"Hi"}'], answers: [late('{"response":"Hi"}', 60)] };

  it('accepts silence, and frames that are not answers', () => {
    expect(judgeGreeting(none, expectations()).verdict).toBe('works');
    expect(judgeGreeting({ ...none, frames: ['{"type":"welcome"}'] }, expectations())).toEqual({
      check: 'greeting',
      verdict: 'works',
      says: 'The server sends 1 frame before the first request, which Parley ignores.',
      frames: ['{"type":"welcome"}'],
    });
  });

  it('fails at frames that end the connection', () => {
    const facts = { ...none, frames: ['hello'], rejected: ['hello'], problem: 'it is not JSON (the remedy)' };
    const finding = judgeGreeting(facts, expectations());
    expect(finding).toMatchObject({ verdict: 'fails', frames: ['hello'] });
    expect(finding.says).toContain('the protocol rejects: it is not JSON (the remedy); Parley closes');
  });

  it.each([
    ['settled', 'differs'],
    ['always', 'fails'],
    ['never', 'note'],
  ] as const)('judges a greeting that reads as an answer by LLM_REUSE=%s: %s', (reuse, verdict) => {
    const finding = judgeGreeting(greeting, expectations({ reuse }));
    expect(finding).toMatchObject({ verdict, frames: greeting.frames });
    expect(finding.says).toContain('the last one 60 ms after the connection opens');
  });

  it('accepts answers with an id', () => {
    const answers = [late('{"id":"x"}', 60, true)];
    expect(judgeGreeting({ ...greeting, answers }, expectations()).verdict).toBe('works');
  });
});
