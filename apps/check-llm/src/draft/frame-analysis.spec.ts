import { distinguishingCondition, isWord, typeCondition } from './conditions.js';
import { factPaths } from './fact-paths.js';
import { keyOf, parseFrame, type Leaves } from './leaves.js';
import { textPathOf } from './text-path.js';

const leavesOf = (frame: object): Leaves => parseFrame(JSON.stringify(frame)).leaves!;

describe('parseFrame', () => {
  it('lists scalars by path, of lists with equal items their joined texts', () => {
    const frame = { a: { 'b.c': 1, list: [{ x: 'a' }, { x: 'b' }], one: [{ x: null }] }, ok: true };
    expect([...leavesOf(frame)]).toEqual([
      ['a.b\\.c', 1],
      ['a.list.*.x', 'ab'],
      ['a.one.0.x', null],
      ['ok', true],
    ]);
    expect(keyOf('a.b\\.C')).toBe('b\\.c');
  });

  it.each(['text', '"text"', '42', 'null', '{"a":'])('treats %s as bare text', (frame) => {
    expect(parseFrame(frame)).toEqual({ text: frame });
  });

  it('leaves out keys that paths may not contain, and deep levels', () => {
    expect(parseFrame('{"__proto__":{"a":1},"constructor":1,"":1,"b":1}').leaves?.size).toBe(1);
    let deep: object = { bottom: 1 };
    for (let level = 0; level < 10; level += 1) deep = { deep };
    expect(leavesOf(deep).size).toBe(0);
  });
});

describe('distinguishingCondition', () => {
  const condition = (these: object[], others: object[], except: string[] = []) =>
    distinguishingCondition(these.map(leavesOf), others.map(leavesOf), new Set(except));

  it('prefers the most likely type key', () => {
    const frame = { status: 'over', type: 'end', other: 'word' };
    expect(condition([frame], [{ status: 'x', type: 'y', other: 'z' }])).toEqual({ type: 'end' });
  });

  it.each([
    ['a true value', [{ text: 'a', last: true }], [{ text: 'b' }], { last: true }],
    ['a number of a type key', [{ status: 2 }], [{ status: 1 }], { status: 2 }],
    ['a path that only they have', [{ total: 12 }], [{ text: 'b' }], { total: { present: true } }],
    ['nothing', [{ text: 'a' }], [{ text: 'b' }], undefined],
  ])('finds %s', (_, these, others, expected) => {
    expect(condition(these, others, ['text'])).toEqual(expected);
  });

  it('needs a value that all of the frames have', () => {
    expect(condition([{ type: 'a' }, { type: 'b' }], [{ type: 'c' }])).toBeUndefined();
    expect(condition([], [{ type: 'c' }])).toBeUndefined();
  });
});

describe('typeCondition', () => {
  it('finds the type of a single frame', () => {
    expect(typeCondition(leavesOf({ text: 'One', meta: { event: 'piece' } }))).toEqual({
      'meta.event': 'piece',
    });
    expect(typeCondition(leavesOf({ type: 'a whole sentence' }))).toBeUndefined();
    expect([isWord('chat.end'), isWord('One, two'), isWord(1)]).toEqual([true, false, false]);
  });
});

describe('textPathOf', () => {
  const path = (...frames: object[]) => textPathOf(frames.map(leavesOf), 'question')?.path;

  it.each([
    ['the longest text', [{ a: 'One, two, three', b: 'x' }], 'a'],
    ['a usual name', [{ note: 'One, two', text: 'One, two' }], 'text'],
    [
      'a text that changes',
      [
        { a: 'fixed text', b: 'One' },
        { a: 'fixed text', b: 'two' },
        { a: 'fixed text', b: 'three' },
      ],
      'b',
    ],
    ['no id', [{ ref: '2026-11-27T10:00', say: 'One' }], 'say'],
    ['no echo', [{ echo: 'question' }], undefined],
    ['no role', [{ role: 'the assistant on duty' }], undefined],
  ])('finds %s', (_, frames, expected) => {
    expect(path(...frames)).toBe(expected);
  });

  it('joins pieces, or takes the last of cumulative ones', () => {
    const frames = (...texts: string[]) => texts.map((text) => leavesOf({ text }));
    expect(textPathOf(frames('One, ', 'two.'), '')).toMatchObject({ isCumulative: false, text: 'One, two.' });
    expect(textPathOf(frames('One', 'One, two.'), '')).toMatchObject({
      isCumulative: true,
      text: 'One, two.',
    });
  });
});

describe('factPaths', () => {
  it('finds token counts, model and finish reason', () => {
    const frames = [
      { usage: { prompt_tokens: 5 }, model: 'm' },
      { usage: { completion_tokens: 7, total_tokens: 12 }, model_name: 'n', finishReason: 'stop', count: 3 },
    ];
    expect(factPaths(frames.map(leavesOf))).toEqual({
      usage: { input: 'usage.prompt_tokens', output: 'usage.completion_tokens', total: 'usage.total_tokens' },
      model: 'model',
      finish_reason: 'finishReason',
    });
    expect(factPaths([leavesOf({ text: 'a' })])).toEqual({});
  });
});
