import fc from 'fast-check';
import { LlmFrameError, LlmServerError } from '../errors/answer-errors.js';
import { decodeGuideFrame } from './guide-frames.js';

const decode = (frame: unknown) => decodeGuideFrame(JSON.stringify(frame));
const completed = { type: 'end', finishReason: 'completed' };

describe('an answer', () => {
  it('ends with all facts of the final frame', () => {
    expect(
      decode({
        response: 'Hello',
        tokens_used: 150,
        model: 'm',
        finish_reason: 'length',
        metadata: { a: 1 },
      }),
    ).toEqual({
      requestId: undefined,
      event: {
        type: 'end',
        text: 'Hello',
        usage: { totalTokens: 150 },
        model: 'm',
        finishReason: 'length',
        metadata: { a: 1 },
      },
    });
  });

  it.each([
    ['a whole answer without `done`', { response: 'Hi' }, { ...completed, text: 'Hi' }],
    [
      'the end of a stream with the whole answer',
      { response: 'Hi', done: true },
      { ...completed, text: 'Hi' },
    ],
    ['the end of a stream without it', { done: true }, completed],
    ['an end whose answer is empty: the pieces count', { response: '', done: true }, completed],
    ['an empty answer', { response: '' }, completed],
    ['an end whose answer is null', { response: null, done: true }, completed],
    ['a piece', { chunk: 'Hel' }, { type: 'delta', text: 'Hel' }],
    ['an empty piece', { chunk: '' }, { type: 'delta', text: '' }],
    ['a piece that says it is not the last', { chunk: 'Hel', done: false }, { type: 'delta', text: 'Hel' }],
    ['a piece called response', { response: 'Hel', done: false }, { type: 'delta', text: 'Hel' }],
    ['a last piece that is also the end', { chunk: 'lo', done: true }, { ...completed, lastPiece: 'lo' }],
    [
      'a last piece beside the whole answer',
      { chunk: 'lo', done: true, response: 'Hello' },
      { ...completed, text: 'Hello' },
    ],
    ['a piece with a notice key', { type: 'stream', chunk: 'x' }, { type: 'delta', text: 'x' }],
    ['an error that is false', { error: false, response: 'Hi' }, { ...completed, text: 'Hi' }],
    ['an error that is null', { error: null, chunk: 'x' }, { type: 'delta', text: 'x' }],
    ['an error that is empty', { error: '', response: 'Hi' }, { ...completed, text: 'Hi' }],
    [
      'numbers that are none',
      { response: 'a', tokens_used: -1, model: 7, metadata: [] },
      { ...completed, text: 'a' },
    ],
    ['a fraction of a token', { response: 'a', tokens_used: 1.5 }, { ...completed, text: 'a' }],
    ['an empty finish reason', { response: 'a', finish_reason: '' }, { ...completed, text: 'a' }],
  ])('reads %s', (_, frame, event) => {
    expect(decode(frame)).toEqual({ requestId: undefined, event });
  });

  it('has the id of its request if the server repeats it', () => {
    expect(decode({ chunk: 'x', request_id: '7' })).toEqual({
      requestId: '7',
      event: { type: 'delta', text: 'x' },
    });
    expect(decode({ chunk: 'x', request_id: 7 })).toHaveProperty('requestId', undefined);
  });

  it('has short, storable names', () => {
    expect(decode({ response: 'a', model: 'm\0'.repeat(500), finish_reason: '\ud800' })).toMatchObject({
      event: { model: 'm\ufffd'.repeat(100), finishReason: '\ufffd' },
    });
  });
});

describe('the metadata of an answer', () => {
  const metadataOf = (frame: string) => {
    const { event } = decodeGuideFrame(frame);
    return event?.type === 'end' ? event.metadata : event;
  };

  it('is storable, keys included', () => {
    const metadata = {
      'k\0': ['a\0b', '\ud800', '\udc00x', '🙂', 'a\\u0000', '\\\0', '"\n'],
      n: { deep: '\0' },
    };
    expect(metadataOf(JSON.stringify({ response: 'a', metadata }))).toEqual({
      'k\ufffd': ['a\ufffdb', '\ufffd', '\ufffdx', '🙂', 'a\\u0000', '\\\ufffd', '"\n'],
      n: { deep: '\ufffd' },
    });
  });

  it('is empty if it is nested too deeply to be serialized', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(metadataOf(`{"response":"a","metadata":{"deep":${deep}}}`)).toEqual({});
  });
});

describe('an error', () => {
  const error = (frame: unknown) => {
    const { event } = decode(frame);
    if (event?.type !== 'error') throw new Error('not an error');
    return event.error;
  };

  it.each([
    [
      { error: true, error_code: 'rate_limited', error_message: 'slow down' },
      { code: 'rate_limited', message: 'slow down' },
    ],
    [{ error: 'out of memory' }, { code: 'server_error', message: 'out of memory' }],
    [
      { error: 'busy', error_code: 'overloaded' },
      { code: 'overloaded', message: 'busy' },
    ],
    [
      { error: { code: 'model_not_found', message: 'no m' } },
      { code: 'model_not_found', message: 'no m', scope: 'other_route' },
    ],
    [{ error: true }, { code: 'server_error', message: 'the LLM server reported server_error' }],
    [{ error: {} }, { code: 'server_error' }],
    [{ error: 1, done: true }, { code: 'server_error' }],
    [{ error: true, retry_after: 2 }, { retryAfterMs: 2_000 }],
    [{ error: { code: 'x', retry_after: 0.5 } }, { code: 'x', retryAfterMs: 500 }],
    [{ error: true, retry_after: -1 }, { retryAfterMs: undefined }],
    [{ error: true, retry_after: 'soon' }, { retryAfterMs: undefined }],
  ])('is read from %j', (frame, expected) => {
    expect(error(frame)).toBeInstanceOf(LlmServerError);
    expect(error(frame)).toMatchObject(expected);
  });

  it('ignores an invalid wait time', () => {
    const { event } = decodeGuideFrame('{"error":true,"retry_after":1e999}');
    expect(event).toHaveProperty('error.retryAfterMs', undefined);
  });

  it.each([
    ['an end', { error: 'no', response: 'Hello', done: true }],
    ['a piece', { error: true, chunk: 'x' }],
    ['a notice', { error: true, type: 'status' }],
  ])('takes precedence over %s', (_, frame) => {
    expect(error(frame)).toBeInstanceOf(LlmServerError);
  });
});

describe('a frame without an answer', () => {
  it.each([
    [{ type: 'welcome', message: 'hi' }],
    [{ event: 'progress', pct: 5 }],
    [{ status: 'thinking' }],
    [{ ping: 1 }],
    [{ pong: null }],
    [{ info: 'x', response: null }],
  ])('is ignored: %j', (frame) => {
    expect(decode(frame)).toEqual({ requestId: undefined });
  });

  it.each([
    ['null', false],
    ['[]', false],
    ['[1,2,3]', false],
    ['[{"session_id":"s"}]', false],
    ['"ping"', false],
    ['42', false],
    ['{}', false],
    ['{"session_id":"s"}', false],
    ['{"heartbeat":1,"request_id":"7"}', false],
    ['{"done":false}', false],
    ['{"chunk":null,"response":null,"error":null}', false],
    ['{"model":"m","tokens_used":3,"metadata":{}}', false],
    ['{"finish_reason":"stop"}', true],
    ['{"error_code":"busy","error_message":"wait"}', true],
    ['{"done":"yes"}', true],
    ['{"__proto__":{"response":"inherited"}}', false],
    ['{"__proto__":{"type":"inherited"}}', false],
  ])('is unknown: %s', (frame, isOfAnswer) => {
    const { event, unknown } = decodeGuideFrame(frame);
    expect([event, unknown?.isOfAnswer]).toEqual([undefined, isOfAnswer]);
    expect(unknown?.error.message).toContain(frame.slice(0, 60));
  });

  it.each([
    ['<html></html>'],
    [''],
    ['ping'],
    ['[{"chunk":"a"},{"chunk":"b"}]'],
    ['{"chunk":"a"}{"chunk":"b"}'],
    ['"{\\"chunk\\":\\"a\\"}"'],
    ['{"chunk":{"nested":true},"response":42}'],
    ['{"response":["a"]}'],
    ['{"type":"x","chunk":7}'],
  ])('is invalid: %s', (frame) => {
    const { event } = decodeGuideFrame(frame);
    expect(event).toMatchObject({ type: 'error', error: { code: 'invalid_frame', scope: 'elsewhere' } });
    expect(event).toHaveProperty('error', expect.any(LlmFrameError));
    expect(event).toHaveProperty('error.message', expect.stringContaining(frame));
  });

  it('pollutes no prototype', () => {
    decodeGuideFrame('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('any frame', () => {
  const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string(), fc.boolean(), fc.double());
  const keys = fc.constantFrom(
    'response', 'chunk', 'done', 'error', 'error_code', 'error_message', 'type', 'request_id',
    'tokens_used', 'model', 'finish_reason', 'metadata', 'retry_after', '__proto__', 'toString',
  ); // prettier-ignore
  const frames = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .array(fc.tuple(keys, values), { maxLength: 6 })
      .map(
        (entries) =>
          `{${entries.map(([key, value]) => `"${key}":${JSON.stringify(value) ?? 'null'}`).join()}}`,
      ),
  );

  it('is decoded without throwing, into a known event', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const { event } = decodeGuideFrame(frame);
        expect([undefined, 'delta', 'end', 'error']).toContain(event?.type);
      }),
      { numRuns: 10_000 },
    );
  });
});
