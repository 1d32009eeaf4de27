import fc from 'fast-check';
import { encodeContext } from '../../testing/transport-setup.js';
import { AnswerAssembly } from '../answer-assembly.js';
import { compileProtocol } from './compile.js';
import { type ProtocolDescription } from './description.js';

/** Uses every part of a description that reads frames. */
const everything: ProtocolDescription = {
  name: 'everything',
  frames: 'json',
  json_in: ['body', 'a.body'],
  request: {
    send: '{{message}}',
    then: [
      {
        when: { a: { present: true } },
        learn: { a: 'a', b: 'a.b' },
        send: { a: '{{learned.a}}', b: '{{learned.b}}' },
      },
    ],
  },
  correlation: { request: ['id', 'a.id'], answer: ['answer', 'a.answer'] },
  ignore: { ignore: { truthy: true } },
  error: {
    when: { error: { truthy: true } },
    code: ['error.code', 'code'],
    message: ['error.message', 'error'],
    retry_after: ['error.retry_after', 'retry_after'],
    codes: { busy: 'overloaded' },
    reaches: { later: 'nobody' },
  },
  end: { when: { done: true }, text: ['text', 'list.*.text'], piece: 'delta' },
  delta: [
    { when: { type: 'cumulative' }, text: ['text', 'a.text'], mode: 'cumulative' },
    { text: ['delta', 'list.*.text', 'body.delta'] },
  ],
  usage: { input: 'usage.input', output: 'usage.output', total: ['usage.total', 'total'] },
  model: ['model', 'a.model'],
  finish_reason: { path: ['why', 'a.why'], values: { max: 'length' } },
  metadata: ['metadata', 'a'],
  cancel: { send: { stop: '{{learned.b}}' } },
  connection: {
    drain: { bye: { present: true } },
    reply: [{ when: { ping: true }, send: { pong: '{{frame.a.b}}' } }],
  },
};

const keys = fc.constantFrom(
  'id', 'answer', 'a', 'b', 'body', 'error', 'code', 'message', 'retry_after', 'done', 'type', 'text', 'delta', 'list',
  'usage', 'input', 'output', 'total', 'model', 'why', 'metadata', 'bye', 'ping', 'ignore', 'length',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '0', '*', '',
); // prettier-ignore

const { value: frameValue } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      'true',
      'false',
      'null',
      '0',
      '-1',
      '7',
      '1e999',
      '1.5',
      '"cumulative"',
      '"max"',
      '"later"',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 4 }).map((parts) => `[${parts.join()}]`),
    fc
      .array(fc.tuple(keys, tie('value')), { maxLength: 6 })
      .map((entries) => `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${part}`).join()}}`),
    tie('value').map((inner) => JSON.stringify(inner)),
  ),
}));

/** Keys that the description uses, and others. */
const meaningful = fc
  .tuple(
    fc.subarray(['"type":"cumulative"', '"text":"x"', '"done":true', '"delta":"y"', '"error":"later"']),
    fc.array(fc.tuple(keys, frameValue), { maxLength: 3 }),
  )
  .map(([plain, others]) => {
    const members = others.map(([key, part]) => `${JSON.stringify(key)}:${part}`);
    return `{${[...members, ...plain].join()}}`;
  });

const frames = fc.oneof(
  { weight: 4, arbitrary: frameValue },
  { weight: 4, arbitrary: meaningful },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: meaningful.map((frame) => frame.slice(0, -1)) },
);

/** The properties that objects inherit; a frame must not change them. */
const inherited = (): unknown => Reflect.ownKeys(Object.prototype).map(String);

describe('100,000 random and hostile frames', () => {
  const request = { message: 'hi', stream: true };
  const before = inherited();

  it.each(['json', 'mixed', 'text'] as const)(
    'are decoded into known events, as %s, and change no prototype',
    (kind) => {
      const protocol = compileProtocol({ ...everything, frames: kind });
      const types = new Set<string | undefined>();
      fc.assert(
        fc.property(frames, (frame) => {
          const { event, learned, next, reply, requestId, answerId, facts } = protocol.decode(frame);
          types.add(event?.type);
          if (learned !== undefined && Object.getPrototypeOf(learned) !== null)
            throw new Error('a prototype');
          const context = { ...encodeContext, learned: learned ?? {} };
          const sent = [next?.(request, context), reply, protocol.cancel!(request, context)].flat();
          const texts = [...sent, requestId, answerId, facts?.model, facts?.finishReason];
          if (!texts.every((text) => ['undefined', 'string'].includes(typeof text)))
            throw new Error('no text');
          if (event !== undefined && event.type !== 'error') {
            const assembly = new AnswerAssembly();
            if (facts !== undefined) assembly.addFacts(facts);
            assembly.add(event);
            if (typeof assembly.text !== 'string') throw new Error('no text');
          }
          const probe: Record<string, unknown> = {};
          if (probe.polluted !== undefined || probe.text !== undefined) throw new Error('polluted');
        }),
        { numRuns: kind === 'json' ? 60_000 : 20_000 },
      );
      expect(inherited()).toEqual(before);
      const known = [undefined, 'delta', 'text', 'end', 'error'];
      expect([...types].filter((type) => !known.includes(type))).toEqual([]);
      if (kind === 'json') expect(types.size).toBe(known.length);
    },
  );

  it('of great depth are read up to the maximum number of values', () => {
    const protocol = compileProtocol(everything);
    const deep = '['.repeat(120_000) + ']'.repeat(120_000);
    const frame = `{"a":${deep},"metadata":{"deep":${deep}},"delta":"x"}`;
    const { event, facts, learned } = protocol.decode(frame);
    expect([event, facts, learned]).toEqual([{ type: 'delta', text: 'x' }, { metadata: {} }, {}]);
  });
});
