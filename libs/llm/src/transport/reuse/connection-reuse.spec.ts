import { type LlmRequest } from '../../protocols/protocol.js';
import { ConnectionReuse } from './connection-reuse.js';
import { EndpointReuse, type ReuseMode } from './endpoint-reuse.js';

const request: LlmRequest = { message: 'hi', owner: 'ann', conversationId: 'c', stream: false };

function at(mode: ReuseMode = 'settled') {
  let now = 0;
  const endpoint = new EndpointReuse({ mode, settleMs: 250, restMs: 1_500 });
  const connection = new ConnectionReuse(endpoint, () => now);
  const answer = (afterMs: number, repeatsId = false): void => {
    connection.began(request);
    now += afterMs;
    connection.answerBegan();
    connection.answered(repeatsId);
    endpoint.answered(repeatsId);
  };
  return { endpoint, connection, answer, pass: (ms: number) => void (now += ms) };
}

describe('a connection to a server without request ids', () => {
  it('is ready when it has been quiet for the settle time', () => {
    const { connection, pass } = at();
    pass(249);
    expect(connection.isReady).toBe(false);
    pass(1);
    expect(connection.isReady).toBe(true);
  });

  it('serves another caller after the rest time, and the same conversation immediately', () => {
    const { connection, answer, pass } = at();
    pass(2_000);
    answer(20);
    expect([connection.isReady, connection.mayFollow(request)]).toEqual([false, true]);
    expect(connection.mayFollow({ ...request, owner: 'bob' })).toBe(false);
    expect(connection.mayFollow({ ...request, conversationId: 'd' })).toBe(false);
    pass(1_499);
    expect(connection.isReady).toBe(false);
    pass(1);
    expect(connection.isReady).toBe(true);
  });

  it('never serves another caller after an answer that began within the rest time', () => {
    const { connection, answer, pass } = at();
    pass(250);
    // It may have been a greeting: then the real answer may arrive at any time.
    answer(50);
    pass(60_000);
    expect(connection.isReady).toBe(false);
    expect([connection.unusableInMs, connection.mayFollow(request)]).toEqual([0, true]);
  });

  it('serves another caller after an answer that cannot be a late frame, or that has its id', () => {
    for (const repeatsId of [false, true]) {
      const { connection, answer, pass } = at();
      pass(250);
      answer(repeatsId ? 50 : 1_250, repeatsId);
      pass(1_500);
      expect(connection.isReady).toBe(true);
    }
  });

  it('serves one request after an unsolicited frame, until the restart', () => {
    const { endpoint, connection, answer, pass } = at();
    pass(2_000);
    answer(20);
    connection.unexpectedFrame();
    expect(endpoint.state).toEqual({
      reuse: 'never',
      reuseReason: 'it sent a frame while no answer was expected',
    });
    endpoint.answered(true);
    expect(endpoint.mode).toBe('never');
    pass(60_000);
    expect([connection.isReady, connection.unusableInMs]).toEqual([false, 0]);
  });

  it('waits twice the delay of a greeting, at most the rest time', () => {
    const { endpoint, connection, pass } = at();
    pass(200);
    connection.unexpectedFrame();
    expect([endpoint.mode, endpoint.settleMs, connection.readyInMs]).toEqual(['never', 400, 400]);
    pass(1_000);
    connection.unexpectedFrame();
    expect(endpoint.settleMs).toBe(1_500);
  });
});

describe('an endpoint that repeats request ids', () => {
  it('needs no quiet periods after its first complete answer', () => {
    const { endpoint, connection, answer } = at();
    answer(20, true);
    expect([endpoint.mode, endpoint.settleMs, connection.isReady]).toEqual(['ids', 0, true]);
    expect([endpoint.requiresIds, endpoint.offersIds, endpoint.dialsAhead]).toEqual([true, true, false]);
  });

  it('is no longer trusted after an answer without one', () => {
    const { endpoint, answer } = at();
    answer(20, true);
    endpoint.lacksId();
    expect(endpoint.state).toMatchObject({ reuse: 'never' });
  });

  it('gets no more ids after an answer without one, or after it rejected a request as invalid', () => {
    const { endpoint, answer } = at();
    expect(endpoint.offersIds).toBe(true);
    answer(20);
    expect([endpoint.offersIds, endpoint.dialsAhead]).toEqual([false, true]);
    const { endpoint: strict } = at();
    strict.requestRefused();
    expect(strict.offersIds).toBe(false);
  });
});

it.each<ReuseMode>(['always', 'ids', 'conversation'])('%s: a connection is ready immediately', (mode) => {
  const { connection, answer } = at(mode);
  answer(20);
  expect(connection.isReady).toBe(true);
});
