import { encodeContext } from '../../testing/transport-setup.js';
import { type LlmMessage, type LlmRequest } from '../protocol.js';
import { compileProtocol } from './compile.js';
import { type ProtocolDescription, type Scalar, type When } from './description.js';
import { type ProtocolDescriptionError } from './mistakes.js';

const minimal: ProtocolDescription = { name: 'x', request: { send: '{{message}}' }, delta: { text: 'text' } };
const compile = (more: Partial<ProtocolDescription>) => compileProtocol({ ...minimal, ...more });
const decode = (more: Partial<ProtocolDescription>, frame: unknown) =>
  compile(more).decode(typeof frame === 'string' ? frame : JSON.stringify(frame));
const eventOf = (more: Partial<ProtocolDescription>, frame: unknown) => decode(more, frame).event;

const history: LlmMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'a' },
  { role: 'assistant', content: 'b' },
];
const asked: LlmRequest = { message: 'c', stream: true, maxTokens: 5, conversationId: 'k' };
const encode = (more: Partial<ProtocolDescription>, request: Partial<LlmRequest> = {}) =>
  compile({ correlation: { request: 'id' }, ...more }).encode(
    { ...asked, ...request },
    { ...encodeContext, requestId: '7' },
  );

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

/** The mistakes in a description. */
function mistakesIn(more: Partial<ProtocolDescription>): unknown {
  try {
    compile(more);
    return [];
  } catch (error) {
    return (error as ProtocolDescriptionError).mistakes.map(({ at, message }) => `${at} ${message}`);
  }
}

describe('decoding a frame', () => {
  it('prefers errors to ends, and ends to pieces', () => {
    const rules: Partial<ProtocolDescription> = {
      error: { when: { code: { not: 0 } }, code: 'code' },
      end: { when: { status: 2 }, piece: 'text' },
    };
    expect(eventOf(rules, { code: 10110, status: 2, text: 'a' })).toMatchObject({
      type: 'error',
      error: { code: '10110' },
    });
    expect(eventOf(rules, { code: 0, status: 2, text: 'a' })).toMatchObject({ type: 'end', lastPiece: 'a' });
    expect(eventOf(rules, { code: 0, status: 1, text: 'a' })).toEqual({ type: 'delta', text: 'a' });
    expect(eventOf(rules, { status: 0 })).toBeUndefined();
  });

  it('tries all rules in order, unless the frame is ignored', () => {
    const rules: Partial<ProtocolDescription> = {
      ignore: [{ sender: 'you' }, { type: ['info', 'echo'] }],
      delta: [
        { when: { type: 'stream', sender: 'bot' }, text: 'message' },
        { when: { type: 'all' }, text: ['no', 'value'], mode: 'cumulative' },
      ],
    };
    expect(eventOf(rules, { type: 'stream', sender: 'bot', message: 'a' })).toEqual({
      type: 'delta',
      text: 'a',
    });
    expect(eventOf(rules, { type: 'stream', message: 'a' })).toBeUndefined();
    expect(eventOf(rules, { type: 'all', value: 'ab' })).toEqual({ type: 'text', text: 'ab' });
    expect(eventOf(rules, { type: 'all', value: 7 })).toBeUndefined();
    expect(decode(rules, { type: 'stream', sender: 'you', message: 'a' })).toEqual({});
    expect(decode(rules, { type: 'info' })).toEqual({});
  });

  it.each<[When, unknown, boolean]>([
    [{ a: { present: true } }, { a: {} }, true],
    [{ a: { present: true } }, { a: null }, false],
    [{ a: { present: false } }, {}, true],
    [{ a: { not: [1, 2] } }, { a: 3 }, true],
    [{ a: { not: [1, 2] } }, { a: 2 }, false],
    [{ a: { not: 1 } }, {}, false],
    [{ a: { truthy: true } }, { a: 'x' }, true],
    [{ a: { truthy: true } }, { a: '' }, false],
    [{ a: { starts_with: 'Error:' } }, { a: 'Error: no model' }, true],
    [{ a: { starts_with: 'Error:' } }, { a: 'An Error: none' }, false],
    [{ a: { starts_with: ['Error', '500 '] } }, { a: '500 busy' }, true],
    [{ a: { starts_with: '5' } }, { a: 500 }, false],
    [{ a: { contains: 'no model' } }, { a: 'Error: no model' }, true],
    [{ a: { contains: ['x', 'y'] } }, { a: 'z' }, false],
    [{ a: { is: 'text' } }, { a: '' }, true],
    [{ a: { is: 'text' } }, { a: {} }, false],
    [{ a: { is: 'number' } }, { a: 1 }, true],
    [{ a: { is: 'boolean' } }, { a: false }, true],
    [{ a: { is: 'list' } }, { a: [] }, true],
    [{ a: { is: 'object' } }, { a: {} }, true],
    [{ a: { is: 'object' } }, { a: null }, false],
    [{ a: null }, { a: null }, true],
    [{ a: 1 }, { a: '1' }, false],
    [{ 'list.*.a': 2 }, { list: [{ a: 1 }, { a: 2 }] }, true],
    [{ 'list.*.a': 2 }, { list: [{ a: 1 }] }, false],
    [{ 'list.*.a': { present: false } }, {}, true],
  ])('matches %j in %j: %s', (ignore, frame, holds) => {
    const { event } = decode({ ignore, delta: { text: 't' } }, { ...(frame as object), t: 'a' });
    expect(event === undefined).toBe(holds);
  });

  it('reads the whole frame as text with frames: text', () => {
    const rules: Partial<ProtocolDescription> = {
      frames: 'text',
      end: { when: { $: '[DONE]' } },
      delta: { text: '$' },
    };
    expect(eventOf(rules, '{"a":')).toEqual({ type: 'delta', text: '{"a":' });
    expect(eventOf(rules, '[DONE]')).toMatchObject({ type: 'end' });
  });

  it('reads objects or texts with frames: mixed', () => {
    const rules: Partial<ProtocolDescription> = {
      frames: 'mixed',
      ignore: { flag: 'start' },
      end: { when: { flag: 'end' } },
      delta: { text: '$' },
    };
    expect(decode(rules, { flag: 'start' })).toEqual({});
    for (const piece of ['Hel', '42', '{', '{}', '"x"', '[1]', '']) {
      expect(eventOf(rules, piece)).toEqual({ type: 'delta', text: piece });
    }
    for (const notice of [{ flag: 'busy' }, { heartbeat: 1 }, { queue: { position: 3 } }]) {
      expect(eventOf(rules, notice)).toBeUndefined();
    }
    expect(eventOf(rules, { flag: 'end' })).toMatchObject({ type: 'end' });
  });

  it('reads errors that are bare texts', () => {
    const rules: Partial<ProtocolDescription> = {
      frames: 'text',
      error: { when: { $: { starts_with: ['Error:', 'An error occurred'] } }, message: '$' },
      delta: { text: '$' },
    };
    expect(eventOf(rules, 'Error: no model')).toMatchObject({
      type: 'error',
      error: { message: 'Error: no model' },
    });
    expect(eventOf(rules, 'Errors are')).toEqual({ type: 'delta', text: 'Errors are' });
  });

  it('reads only bare texts as pieces with frames: mixed and is: text', () => {
    const rules: Partial<ProtocolDescription> = {
      frames: 'mixed',
      end: { when: { flag: 'end' } },
      delta: { when: { $: { is: 'text' } }, text: '$' },
    };
    for (const piece of ['Hel', '42', '{', '[1]', '']) {
      expect(eventOf(rules, piece)).toEqual({ type: 'delta', text: piece });
    }
    for (const frame of [{}, { progress: 0.5 }]) expect(eventOf(rules, frame)).toBeUndefined();
    expect(eventOf(rules, { flag: 'end' })).toMatchObject({ type: 'end' });
  });

  it('reads JSON in strings', () => {
    const rules: Partial<ProtocolDescription> = {
      json_in: ['body', 'a.b'],
      delta: { text: ['body.delta', 'a.b.t'] },
    };
    expect(eventOf(rules, { body: '{"delta":"x"}' })).toEqual({ type: 'delta', text: 'x' });
    expect(eventOf(rules, { a: { b: '{"t":"y"}' } })).toEqual({ type: 'delta', text: 'y' });
    expect(eventOf(rules, { body: 'no JSON' })).toBeUndefined();
    expect(eventOf(rules, { body: '{"__proto__":{"delta":"x"}}' })).toBeUndefined();
  });

  it.each(['no JSON', '', '{"a":1}\n{"b":2}', '"{\\"a\\":1}"'])('fails at %j', (frame) => {
    expect(eventOf({}, frame)).toMatchObject({ type: 'error', error: { code: 'invalid_frame' } });
  });

  it.each([
    ['null', false],
    ['42', false],
    ['"text"', true],
  ])('does not know %s, unless a rule matches it', (frame, isOfAnswer) => {
    expect(compile({}).decode(frame)).toMatchObject({ unknown: { isOfAnswer } });
    expect(compile({ ignore: { $: JSON.parse(frame) as Scalar } }).decode(frame)).toEqual({});
  });

  it('reads pieces that are JSON strings', () => {
    expect(eventOf({ delta: { text: '$' } }, '"You "')).toEqual({ type: 'delta', text: 'You ' });
  });

  it('reads frames that were encoded twice with json_in: $', () => {
    const rules: Partial<ProtocolDescription> = { json_in: ['$', 'body'], delta: { text: ['t', 'body.t'] } };
    expect(eventOf(rules, JSON.stringify('{"t":"a"}'))).toEqual({ type: 'delta', text: 'a' });
    expect(eventOf(rules, JSON.stringify(JSON.stringify({ body: '{"t":"b"}' })))).toEqual({
      type: 'delta',
      text: 'b',
    });
    expect(eventOf(rules, { t: 'c' })).toEqual({ type: 'delta', text: 'c' });
  });

  it('fails at several objects in one frame with frames: mixed, but not at code that looks like them', () => {
    const rules: Partial<ProtocolDescription> = { frames: 'mixed', delta: { text: '$' } };
    expect(eventOf(rules, '{"t":"a"}\n{"t":"b"}')).toMatchObject({
      type: 'error',
      error: { code: 'invalid_frame' },
    });
    for (const piece of ['{}{}', '{"a":1} and', '{a} {b}']) {
      expect(eventOf(rules, piece)).toEqual({ type: 'delta', text: piece });
    }
  });

  it('reads request id and answer id', () => {
    const correlation = { request: ['id', 'meta.id'], answer: 'answer' };
    expect(decode({ correlation }, { meta: { id: 7 }, answer: 'A' })).toMatchObject({
      requestId: '7',
      answerId: 'A',
    });
    expect(decode({ correlation }, { id: '', answer: {} })).toMatchObject({
      requestId: undefined,
      answerId: undefined,
    });
  });

  it('reads facts from any frame', () => {
    const rules: Partial<ProtocolDescription> = {
      usage: { when: { type: ['usage', 'end'] }, input: 'u.in', output: 'u.out', total: ['u.all', 'all'] },
      model: 'model',
      finish_reason: { path: 'why', values: { max: 'length' } },
      metadata: 'extra',
    };
    expect(decode(rules, { type: 'usage', u: { in: 1, out: 2.5, all: null }, all: 3 }).facts).toEqual({
      usage: { inputTokens: 1, totalTokens: 3 },
    });
    expect(decode(rules, { u: { in: 1 }, text: 'a' })).toMatchObject({
      facts: undefined,
      event: { text: 'a' },
    });
    expect(decode(rules, { model: 'm\0'.repeat(500), why: 'max', extra: { a: '\0' } }).facts).toEqual({
      model: 'm\ufffd'.repeat(100),
      finishReason: 'length',
      metadata: { a: '\ufffd' },
    });
    expect(decode(rules, { why: 'toString', extra: [1] }).facts).toEqual({ finishReason: 'toString' });
  });

  it('encodes replies', () => {
    const connection: ProtocolDescription['connection'] = {
      drain: { goAway: { present: true } },
      reply: [{ when: { type: 'ping' }, send: { type: 'pong', id: '{{frame.e.id}}' } }],
    };
    expect(decode({ connection }, { type: 'ping', e: { id: 5 } })).toMatchObject({
      reply: '{"type":"pong","id":5}',
      drain: false,
    });
    expect(decode({ connection }, { goAway: {} })).toMatchObject({ reply: undefined, drain: true });
  });
});

describe('an error', () => {
  const error: ProtocolDescription['error'] = [
    {
      when: { error: { truthy: true } },
      code: ['error.code', 'error.type', 'status'],
      message: ['error.message', 'error'],
      retry_after: 'error.retry_after',
      codes: { '429': 'rate_limited', busy: 'overloaded' },
      reach: 'answer',
      reaches: { expiring: 'nobody', over: 'connection' },
    },
  ];

  it.each([
    [{ error: { code: 'x', message: 'm' } }, { code: 'x', message: 'm' }, 'answer'],
    [{ error: { code: 'y' }, status: 429 }, { code: 'rate_limited' }, 'answer'],
    [{ error: { type: 'busy', message: 5 } }, { code: 'overloaded', message: '5' }, 'answer'],
    [{ error: 'plain' }, { code: 'server_error', message: 'plain' }, 'answer'],
    [{ error: true }, { code: 'server_error' }, 'answer'],
    [{ error: { code: 'expiring' } }, { code: 'expiring' }, 'nobody'],
    [{ error: { code: 'over' } }, { code: 'over' }, 'connection'],
    [{ error: { code: 'toString' } }, { code: 'tostring' }, 'answer'],
    [{ error: { retry_after: 1.5 } }, { retryAfterMs: 1500 }, 'answer'],
    [{ error: { retry_after: '2' } }, { retryAfterMs: 2000 }, 'answer'],
    [{ error: { retry_after: 'soon' } }, { retryAfterMs: undefined }, 'answer'],
    [{ error: { retry_after: -1 } }, { retryAfterMs: undefined }, 'answer'],
  ])('%j is read', (frame, expected, reach) => {
    expect(eventOf({ error }, frame)).toMatchObject({ type: 'error', error: expected, reach });
  });
});

describe('a request', () => {
  const send = (template: ProtocolDescription['request'], request?: Partial<LlmRequest>) =>
    encode({ request: template! }, request);
  const sent = (template: ProtocolDescription['request'], request?: Partial<LlmRequest>): unknown =>
    JSON.parse(send(template, request) as string);

  it('is filled with the values of the request', () => {
    const template = {
      id: '{{id}}',
      model: '{{model}}',
      text: '{{message}}',
      most: '{{max_tokens}}',
      temperature: '{{temperature}}',
      stream: '{{stream}}',
      about: '{{conversation_id}}',
      own: '{{message_id}}',
      parent: '{{parent_id}}',
      extra: '{{metadata.deep.er}}',
      all: '{{metadata}}',
      at: '{{now}} {{now_ms}}',
      by: '{{client_id}} {{api_version}} {{connection}} {{api_key}}',
    };
    expect(sent({ send: template }, { metadata: { deep: { er: 1 } }, messageId: 'm2' })).toEqual({
      id: '7',
      model: 'm',
      text: 'c',
      most: 5,
      stream: true,
      about: 'k',
      own: 'm2',
      extra: 1,
      all: { deep: { er: 1 } },
      at: '2026-11-23T10:00:00.000Z 1795428000000',
      by: 'chatbot-client v1 00000000000a sk-secret',
    });
    expect(sent({ send: { m: '{{model}}' } }, { model: 'other' })).toEqual({ m: 'other' });
  });

  it('has the further settings of the request, without those that it does not have', () => {
    const send = { p: '{{top_p}}', stop: '{{stop}}', seed: '{{seed}}', reasoning: '{{reasoning}}' };
    expect(sent({ send }, { sampling: { top_p: 0.9, stop: ['END'] } })).toEqual({ p: 0.9, stop: ['END'] });
    expect(sent({ send }, { sampling: { seed: 0, reasoning_effort: 'low' } })).toEqual({
      seed: 0,
      reasoning: { effort: 'low' },
    });
    expect(sent({ send })).toEqual({});
  });

  it('may be several frames, and bare text', () => {
    expect(send({ send: '{{message}}' })).toBe('c');
    expect(send({ send: ['{{message}}', { a: 1 }] })).toEqual(['c', '{"a":1}']);
  });

  it('has the history in the form of the server', () => {
    const messages = (more: object) =>
      sent(
        { send: { all: '{{messages}}', before: '{{history}}', system: '{{system}}' }, ...more },
        { history },
      );
    expect(messages({})).toEqual({
      all: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
        { role: 'user', content: 'c' },
      ],
      before: history,
      system: 'Be brief.',
    });
    expect(
      messages({
        roles: { assistant: 'model' },
        messages: {
          system: null,
          each: { who: '{{role}}', parts: [{ text: '{{text}}' }] },
          user: '{{text}}',
        },
      }),
    ).toMatchObject({ all: ['a', { who: 'model', parts: [{ text: 'b' }] }, 'c'] });
    expect(sent({ send: { pairs: '{{pairs}}' } }, { history })).toEqual({ pairs: [['a', 'b']] });
    expect(sent({ send: { pairs: '{{pairs}}', system: '{{system}}' } })).toEqual({ pairs: [] });
  });

  it('may have all messages in one prompt', () => {
    const prompt = (more: object, request = {}) => send({ send: '{{prompt}}', ...more }, request);
    expect(prompt({})).toBe('c');
    expect(prompt({}, { history })).toBe('system: Be brief.\nuser: a\nassistant: b\nuser: c\nassistant:');
    const own = {
      roles: { user: 'Q', assistant: 'A' },
      prompt: { system: null, each: '[{{role}}] {{text}} ', end: '[A]', alone: '[Q] {{text}} [A]' },
    };
    expect(prompt(own, { history })).toBe('[Q] a [A] b [Q] c [A]');
    expect(prompt(own)).toBe('[Q] c [A]');
  });

  it('continues after a frame of the server, with its values', () => {
    const protocol = compile({
      request: {
        send: { start: true },
        then: [
          {
            when: { 'result.thread': { present: true } },
            learn: { thread: 'result.thread.id', object: 'result.thread' },
            send: { turn: '{{learned.thread}}', text: '{{message}}', object: '{{learned.object}}' },
          },
          { when: { 'result.turn': { present: true } }, learn: { turn: 'result.turn' } },
        ],
      },
      cancel: { send: { stop: '{{learned.turn}}', thread: '{{learned.thread}}' } },
    });
    const first = protocol.decode('{"result":{"thread":{"id":"t1"}}}');
    expect(first.learned).toEqual({ thread: 't1' });
    const context = { ...encodeContext, learned: first.learned! };
    expect(first.next!(asked, context)).toBe('{"turn":"t1","text":"c"}');
    expect(protocol.cancel!(asked, context)).toBeUndefined();
    const second = protocol.decode('{"result":{"turn":9}}');
    expect([second.learned, second.next]).toEqual([{ turn: 9 }, undefined]);
    const both = { ...encodeContext, learned: { ...first.learned, ...second.learned } };
    expect(protocol.cancel!(asked, both)).toBe('{"stop":9,"thread":"t1"}');
  });

  it('may have a numeric id', () => {
    const correlation = { request: 'id', ids: 'number' as const };
    expect(encode({ correlation, request: { send: { id: '{{id}}' } } })).toBe('{"id":7}');
  });
});

describe('the connection', () => {
  it('has the rules and limits of the description', () => {
    const { connection, limits, variables } = compile({
      variables: { a: 1, b: null, c: { secret: true }, d: { default: 'x', secret: true } },
      address: { query: { model: '{{model}}' } },
      correlation: { request: 'id' },
      close: { ends: [1000], errors: { 1008: 'unauthorized' } },
      connection: { reuse: 'conversation', in_flight: 4, max_age: 60, binary: true, ping: false },
      limits: { frame: 5000, connect: 1, first_token: 2, idle: 3, total: 4 },
    });
    expect(connection).toEqual({
      correlation: 'ids',
      uniqueIds: true,
      maxInFlight: 4,
      reuse: 'conversation',
      isForOneModel: true,
      maxAgeMs: 60_000,
      silenceEndMs: undefined,
      cancelEnds: false,
      endsOnClose: [1000],
      closeErrors: { 1008: 'unauthorized' },
      binaryText: true,
      ignoresBinary: false,
      separator: undefined,
      answersPings: false,
      keepalive: undefined,
    });
    expect(limits).toEqual({
      maxFrameBytes: 5000,
      connectMs: 1000,
      firstTokenMs: 2000,
      idleMs: 3000,
      totalMs: 4000,
    });
    expect(variables).toEqual({
      a: { default: 1 },
      b: {},
      c: { secret: true },
      d: { default: 'x', secret: true },
    });
    expect(compile({ connection: { in_flight: 9 } }).connection).toMatchObject({
      correlation: 'order',
      maxInFlight: 1,
    });
    const lanes = { request: 'lane', optional: true };
    expect(compile({ correlation: lanes, connection: { in_flight: 9 } }).connection).toMatchObject({
      correlation: 'order',
      uniqueIds: true,
      maxInFlight: 9,
    });
  });

  it('may end answers after a pause, and with the cancel frame', () => {
    const { connection } = compile({
      end: [{ when: { done: true } }, { silence: 1.5 }],
      cancel: { send: 'stop', ends: true },
    });
    expect(connection).toMatchObject({ silenceEndMs: 1500, cancelEnds: true });
  });

  it('is kept alive by a frame', () => {
    const keepalive = { send: { type: 'ping', at: '{{now_ms}}' }, every: 20 };
    const { frame, everyMs } = compile({ connection: { keepalive } }).connection!.keepalive!;
    expect([frame(encodeContext), everyMs]).toEqual(['{"type":"ping","at":1795428000000}', 20_000]);
  });

  it('has the address of the description', async () => {
    const protocol = compile({
      variables: { app: 'a b' },
      address: {
        path: '/v1/{{var.app}}',
        query: { key: '{{api_key}}', app: '{{var.app}}', no: '{{learned.x}}' },
        headers: { 'X-Key': 'Token {{api_key}}' },
        subprotocols: ['chat', 'key.{{api_key}}'],
      },
      handshake: [{ expect: { x: 1 }, learn: { x: 'x' } }],
    });
    const credentials = { ...encodeContext.credentials, variables: { app: 'a b' } };
    const dial = (url: string, apiKey?: string) =>
      protocol.sign!(
        { url, headers: protocol.headers!(credentials), subprotocols: [] },
        { ...encodeContext, credentials: { ...credentials, apiKey } },
      );
    expect(await dial('ws://h/', 'k&')).toEqual({
      url: 'ws://h/v1/a%20b?key=k%26&app=a+b',
      headers: { 'X-Key': 'Token k&' },
      subprotocols: ['chat', 'key.k&'],
    });
    expect(await dial('wss://h:1/own?app=mine')).toEqual({
      url: 'wss://h:1/own?app=mine',
      headers: {},
      subprotocols: ['chat'],
    });
  });
});

describe('a handshake', () => {
  const protocol = compile({
    error: { when: { error: { present: true } }, code: 'error', reaches: { later: 'nobody' } },
    variables: { user: 'u' },
    handshake: [
      { send: [{ hello: '{{var.user}}' }, 'raw'] },
      { expect: { nonce: { present: true } }, learn: { nonce: 'nonce' } },
      { send: { nonce: '{{learned.nonce}}', key: '{{api_key}}' } },
      { expect: { ok: true }, learn: { session: 's' } },
      { send: { thanks: '{{learned.session}}' } },
    ],
  });
  const credentials = { ...encodeContext.credentials, variables: { user: 'u' } };
  const start = () => protocol.handshake!({ ...encodeContext, credentials });

  it('runs step by step', () => {
    const play = start();
    expect(play.next()).toEqual({ done: false, value: ['{"hello":"u"}', 'raw'] });
    expect(play.next('{"welcome":true}')).toEqual({ done: false, value: [] });
    expect(play.next('{"nonce":"n"}')).toEqual({
      done: false,
      value: ['{"nonce":"n","key":"sk-secret"}'],
    });
    expect(play.next('{"error":"later"}')).toEqual({ done: false, value: [] });
    expect(play.next('{"ok":true,"s":"S"}')).toEqual({
      done: true,
      value: { learned: { nonce: 'n', session: 'S' }, send: ['{"thanks":"S"}'] },
    });
  });

  it('fails at an error of the server or an invalid frame', () => {
    const play = start();
    play.next();
    expect(thrownBy(() => play.next('{"error":"unauthorized"}'))).toMatchObject({
      code: 'unauthorized',
      scope: 'elsewhere',
    });
    const other = start();
    other.next();
    expect(thrownBy(() => other.next('no JSON'))).toMatchObject({ code: 'invalid_frame' });
  });
});

describe('an invalid description', () => {
  it('is rejected with every mistake and its location', () => {
    expect(
      mistakesIn({
        request: {
          send: { a: '{{mesage}}', b: '{{var.none}}', c: '{{learned.none}}', d: '{{metadata.__proto__}}' },
          messages: { user: '{{message}}' },
          prompt: { each: '{{who}}' },
          then: [{ when: {}, send: '{{text}}' }],
        },
        address: { headers: { 'X-A': '{{message}}' } },
        handshake: [{ send: 'a', expect: { a: 1 } }, { expect: { 'a.__proto__': 1 } }],
        error: [{ when: { a: 1 }, code: 'constructor' }],
        end: { when: { 'b..c': 1 }, text: ['x', ''] },
        json_in: ['a.*'],
        usage: { input: '.' },
        connection: { reply: [{ when: { a: 1 }, send: '{{id}}' }], keepalive: { send: '{{id}}', every: 1 } },
        cancel: { send: { stop: '{{id}}' } },
        ignore: { '$.type': 'x' },
      }),
    ).toEqual(
      [
        '/request/messages/user has a {{placeholder}}',
        '/request/prompt/each has a {{placeholder}}',
        '/json_in/0 must be plain keys',
        '/error/0/code must not have __proto__',
        '/address/headers/X-A has a {{placeholder}}',
        '/handshake/0 must have either send or expect',
        '/handshake/1/expect/a.__proto__ must not have __proto__',
        '/request/send/a has a {{placeholder}} that is not known here; known are model, api_key',
        '/request/send/b has {{var.none}}, which "variables" does not name',
        '/request/send/c has {{learned.none}}, which no "learn" gives',
        '/request/send/d must not have __proto__',
        '/cancel/send/stop has {{id}}, but correlation.request does not say where the server repeats it',
        '/connection/keepalive/send has a {{placeholder}}',
        '/ignore/$.type must not begin with "$."',
        '/end/when/b..c must be keys',
        '/end/text/1 must be keys',
        '/usage/input must be keys',
        '/request/then/0/send has a {{placeholder}}',
        '/request/then/0/when must name at least one path',
        '/connection/reply/0/send has a {{placeholder}}',
      ].map((text) => expect.stringContaining(text) as string),
    );
  });

  it.each<[string, Partial<ProtocolDescription>, string]>([
    ['an end without a rule', { end: {} }, '/end must have either when or silence'],
    ['both', { end: { when: { a: 1 }, silence: 1 } }, '/end must have either when or silence'],
    ['a text', { end: [{ silence: 1, text: 'a' }] }, '/end/0 must have no text and no piece with silence'],
    [
      'a short idle limit',
      { end: { silence: 2 }, limits: { idle: 2 } },
      '/limits/idle must be longer than the silence that ends an answer',
    ],
  ])('is rejected with %s', (_, more, mistake) => {
    expect(mistakesIn(more)).toEqual([mistake]);
  });

  it('must contain a rule for the text of the answer', () => {
    expect(() => compileProtocol({ name: 'x' })).toThrow(
      'The description of a protocol has mistakes:\n  /request is missing\n  /delta is missing, and so is end',
    );
  });
});

it.each([
  [{}, true],
  [{ request: { send: { ask: '{{message}}', stream: true } } }, true],
  [{ request: { send: { ask: '{{message}}', stream: '{{stream}}' } } }, true],
  [{ request: { send: { stream: '{{stream}}' } }, end: { when: { done: true }, text: 'response' } }, false],
  [{ delta: undefined, end: { when: { done: true }, text: 'text' } }, false],
])('%j: every answer is streamed: %s', (more, streamsAlways) => {
  expect(compile(more as Partial<ProtocolDescription>)).toHaveProperty('streamsAlways', streamsAlways);
});

it('asks for a stream, if the description reads only pieces', () => {
  const request = { send: { stream: '{{stream}}' } };
  expect(encode({ request }, { stream: false })).toBe('{"stream":true}');
  const end = { when: { done: true }, text: 'response' };
  expect(encode({ request, end }, { stream: false })).toBe('{"stream":false}');
});
