import { describedProtocol, type ProtocolDescription } from '#llm';
import { exchangeOf, prompt, requestId } from '../testing/raw-exchanges.js';
import { isErrorResponse } from './error-responses.js';
import { inferDescription } from './infer-description.js';

/** The drafted description; compiling it proves that it is valid. */
function drafted(...[exchange, errorFrames = []]: Partial<Parameters<typeof inferDescription>>) {
  const inference = inferDescription(exchange!, errorFrames);
  if ('reason' in inference) throw new Error(inference.reason);
  expect(describedProtocol(inference.description).name).toBe('drafted');
  return inference.description;
}

const reason = (...args: Parameters<typeof inferDescription>) => {
  const inference = inferDescription(...args);
  return 'reason' in inference ? inference.reason : undefined;
};

describe('inferDescription', () => {
  it('drafts pieces and end of typed JSON frames', () => {
    const description = drafted(
      exchangeOf([
        { kind: 'part', words: 'One, ' },
        { kind: 'part', words: 'two.' },
        { kind: 'over', tokens: { in: 7, out: 16 }, model: 'm1', stop_reason: 'done now' },
      ]),
    );
    expect(description).toMatchObject({
      delta: { when: { kind: 'part' }, text: 'words' },
      end: { when: { kind: 'over' } },
      usage: { input: 'tokens.in', output: 'tokens.out' },
      model: 'model',
      finish_reason: 'stop_reason',
      error: [{ when: { kind: 'error' } }, { when: { error: { truthy: true } } }] as never,
    } satisfies Partial<ProtocolDescription>);
    expect(description).not.toHaveProperty('frames');
  });

  it('matches requests by an id that every frame repeats', () => {
    const frames = [
      { tag: requestId, type: 'part', words: 'One, ' },
      { tag: requestId, type: 'over' },
    ];
    expect(drafted(exchangeOf(frames))).toMatchObject({
      request: { send: { ask: '{{prompt}}', tag: '{{id}}' } },
      correlation: { request: 'tag' },
    });
  });

  it('sends the connection id instead of an id that the server does not repeat', () => {
    const description = drafted(exchangeOf([{ type: 'part', words: 'One, ' }, { type: 'over' }]));
    expect(description.request).toEqual({ send: { ask: '{{prompt}}', tag: '{{connection}}' } });
    expect(description).not.toHaveProperty('correlation');
  });

  it.each<[string, object[], Partial<ProtocolDescription>]>([
    [
      'frames that repeat the text so far',
      [{ text: 'One' }, { text: 'One, two' }, { text: 'One, two.', done: true }],
      { delta: { text: 'text', mode: 'cumulative' }, end: { when: { done: true }, text: 'text' } },
    ],
    [
      'an end that repeats the whole answer',
      [{ text: 'One, ' }, { text: 'two.' }, { done: true, full: 'One, two.' }],
      { delta: { text: 'text' }, end: { when: { done: true }, text: 'full' } },
    ],
    [
      'an end with the last piece',
      [{ text: 'One, ' }, { text: 'two, ' }, { text: 'three.', done: true }],
      { end: { when: { done: true }, piece: 'text' } },
    ],
    [
      'an answer in one frame',
      [{ answer: 'One, two, three.' }],
      { end: { when: { answer: { present: true } }, text: 'answer' } },
    ],
  ])('drafts %s', (_, frames, expected) => {
    expect(drafted(exchangeOf(frames))).toMatchObject(expected);
  });

  it('ignores echoes of the question', () => {
    const frames = [
      { sender: 'you', text: prompt },
      { sender: 'bot', text: 'One, ' },
      { sender: 'bot', text: 'two.' },
      { sender: 'bot', done: true },
    ];
    expect(drafted(exchangeOf(frames)).ignore).toEqual({ sender: 'you' });
  });

  it.each<[string, string[], Partial<ProtocolDescription>]>([
    ['an end mark', ['One, ', 'two.', '[DONE]'], { frames: 'text', end: { when: { $: '[DONE]' } } }],
    ['one text', ['One, two.'], { frames: 'text', end: { when: { $: { present: true } }, text: '$' } }],
    [
      'JSON around texts',
      ['{"flag":"start"}', 'One, ', '{"flag":"end"}'],
      { frames: 'mixed', end: { when: { flag: 'end' } } },
    ],
  ])('drafts bare texts with %s', (_, frames, expected) => {
    expect(drafted(exchangeOf(frames))).toMatchObject(expected);
  });

  it('expects typed frames before the first request', () => {
    const greeting = ['{"kind":"hello","version":3}', 'Welcome!'];
    const description = drafted(exchangeOf([{ answer: 'One, two.' }], { greeting }));
    expect(description.handshake).toEqual([{ expect: { kind: 'hello' } }]);
  });

  it('ends answers with the connection where nothing else marks the end', () => {
    const description = drafted(exchangeOf(['One, ', 'two.'], { closeCode: 1000 }));
    expect(description).toMatchObject({ close: { ends: [1000] }, connection: { reuse: 'answer' } });
    expect(description).not.toHaveProperty('end');
  });

  it('drafts the error rule from error frames, unless it would match the answer', () => {
    const exchange = exchangeOf([
      { type: 'part', words: 'One, ' },
      { type: 'part', words: 'two.' },
      { type: 'over' },
    ]);
    const oops = '{"type":"oops","why":"invalid"}';
    expect(drafted(exchange, [oops]).error).toEqual({ when: { type: 'oops' }, code: 'why' });
    expect(drafted(exchange, ['{"type":"over","message":"x"}', oops]).error).toMatchObject({
      when: { type: 'oops' },
    });
  });

  it('gives the reason where no description is possible', () => {
    expect(reason(exchangeOf([{ id: '2026-11-27T10:00:00' }]), [])).toContain('no frame contains a text');
  });

  it.each<[string, (string | object)[]]>([
    ['JSON frames', [{ text: 'One, ' }, { text: 'two.' }]],
    ['bare texts', ['One, ', 'two.']],
    ['bare texts and notices', ['One, ', 'two.', { type: 'heartbeat' }]],
  ])('ends %s after a pause if nothing marks the end', (_, frames) => {
    expect(drafted(exchangeOf(frames))).toMatchObject({ end: { silence: 2 } });
  });

  it.each<[string, object[], Partial<ProtocolDescription>]>([
    [
      'beside each piece',
      [
        { util_text: prompt, response_type: 'chunk', chunk: 'One, two, ' },
        { util_text: prompt, response_type: 'chunk', chunk: 'three.' },
        { util_text: prompt, response_type: 'full', chunk: '', response: 'One, two, three.' },
      ],
      {
        delta: { when: { response_type: 'chunk' }, text: 'chunk' },
        end: { when: { response_type: 'full' }, text: 'response' },
      },
    ],
    [
      'beside the answer',
      [{ question: prompt, answer: 'One, two, three.' }],
      { end: { when: { answer: { present: true } }, text: 'answer' } },
    ],
    [
      'inside a prompt',
      [{ full_prompt: `<user>${prompt}</user> and much more text around it`, text: 'One, two, three.' }],
      { end: { when: { text: { present: true } }, text: 'text' } },
    ],
    [
      'in an echo of its own and in the end',
      [
        { from: 'human', body: prompt },
        { from: 'bot', body: 'One, two, ' },
        { from: 'bot', body: 'three.' },
        { from: 'bot', done: true, asked: prompt },
      ],
      { ignore: { from: 'human' }, delta: { text: 'body' }, end: { when: { done: true } } },
    ],
  ])('finds the answer although frames repeat the question %s', (_, frames, expected) => {
    expect(drafted(exchangeOf(frames))).toMatchObject(expected);
  });

  it.each<[string, object[], Partial<ProtocolDescription>]>([
    [
      'a status before it',
      [
        { type: 'status', text: 'Thinking about it, this may take a while, please be patient' },
        { type: 'token', text: 'One, two, ' },
        { type: 'token', text: 'three.' },
        { type: 'done', text: 'Response complete' },
      ],
      { delta: { when: { type: 'token' }, text: 'text' }, end: { when: { type: 'done' } } },
    ],
    [
      'a heartbeat and statistics after it',
      [
        { type: 'token', text: 'One, two, ' },
        { type: 'token', text: 'three.' },
        { type: 'end' },
        { type: 'stats', took: 12 },
        { type: 'ping' },
      ],
      { delta: { when: { type: 'token' }, text: 'text' }, end: { when: { type: 'end' } } },
    ],
    [
      'the same type from another sender',
      [
        { sender: 'tool', type: 'stream', text: 'Searching the whole of the library for numbers' },
        { sender: 'bot', type: 'stream', text: 'One, two, ' },
        { sender: 'bot', type: 'stream', text: 'three.' },
        { sender: 'bot', type: 'end' },
      ],
      { delta: { when: { sender: 'bot', type: 'stream' }, text: 'text' }, end: { when: { type: 'end' } } },
    ],
  ])('tells the answer from %s', (_, frames, expected) => {
    const { delta, end } = drafted(exchangeOf(frames));
    expect({ delta, end }).toEqual(expected);
  });

  it('reads frames that are lists, and all items of lists in frames', () => {
    const events = [['token', { text: 'One, two, ' }], ['token', { text: 'three.' }], ['done']];
    expect(drafted(exchangeOf(events))).toMatchObject({
      delta: { when: { '0': 'token' }, text: '1.text' },
      end: { when: { '0': 'done' } },
    });
    const lists = [
      { tokens: [{ text: 'One, ' }, { text: 'two, ' }] },
      { tokens: [{ text: 'three.' }] },
      { done: true },
    ];
    expect(drafted(exchangeOf(lists))).toMatchObject({ delta: { text: 'tokens.*.text' } });
  });

  it('drafts binary frames and a handshake with sent frames', () => {
    const opening = [{ send: { type: 'auth', token: '{{api_key}}' }, after: ['{"type":"auth_required"}'] }];
    const frames = [
      { type: 'token', text: 'One, two, ' },
      { type: 'token', text: 'three.' },
      { type: 'end' },
    ];
    const greeting = ['{"type":"auth_ok"}'];
    expect(drafted(exchangeOf(frames, { opening, greeting, isBinary: true }))).toMatchObject({
      handshake: [
        { expect: { type: 'auth_required' } },
        { send: opening[0]!.send },
        { expect: { type: 'auth_ok' } },
      ],
      connection: { binary: true },
    });
  });

  it('drafts numeric ids, and events of Socket.IO', () => {
    const frames = [
      ['token', { id: 7, text: 'One, two, three' }],
      ['done', { id: 7 }],
    ];
    const changes = {
      id: '7',
      isNumericId: true,
      framing: 'socket.io',
      request: [['ask', '{{prompt}}', '{{id}}']],
    } as const;
    expect(drafted(exchangeOf(frames, changes))).toMatchObject({
      framing: 'socket.io',
      correlation: { request: '1.id', ids: 'number' },
      delta: { when: { '0': 'token' }, text: '1.text' },
    });
  });

  it('drafts the error rule of bare texts from their first word', () => {
    expect(drafted(exchangeOf(['One, ', 'two.', '[DONE]']), ["Error: model 'x' not found"]).error).toEqual({
      when: { $: { starts_with: 'Error:' } },
      message: '$',
    });
  });

  it.each([
    ['server-sent events', 'data: {"text":"One"}\n\n', 'server-sent events'],
    ['several JSON values', '{"text":"One"}\n{"text":"two"}', 'separator: "\\n"'],
    ['record separators', '{"text":"One"}\u001e', 'separator: "\\x1e"'],
    ['a byte order mark', '\uFEFF{"text":"One"}', 'byte order mark'],
    ['JSON that is encoded twice', '"{\\"text\\":\\"One\\"}"', 'encodes them twice'],
  ])('does not draft %s as bare text', (_, frame, why) => {
    expect(reason(exchangeOf([frame, frame]), [])).toContain(why);
  });

  it('takes null and other values for what they are, not for errors', () => {
    const frame = { error: null, answer: 'One, two, three.' };
    expect(isErrorResponse({ received: [JSON.stringify(frame)], closeCode: undefined })).toBe(false);
    expect(drafted(exchangeOf([frame]))).toMatchObject({ end: { text: 'answer' } });
  });
});
