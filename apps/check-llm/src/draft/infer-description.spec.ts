import { describedProtocol, type ProtocolDescription } from '#llm';
import { exchangeOf, prompt, requestId } from '../testing/raw-exchanges.js';
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
      error: { when: { error: { truthy: true } } },
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
    expect(reason(exchangeOf([{ text: 'One, ' }, { text: 'two.' }]), [])).toContain('nothing marks the end');
    expect(reason(exchangeOf(['One, ', 'two.']), [])).toContain('nothing marks the end');
  });
});
