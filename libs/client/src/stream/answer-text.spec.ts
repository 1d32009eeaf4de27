import fc from 'fast-check';
import { type MessageDelta, type RunEvent, type RunRetrying } from '../objects/run-event.js';
import { AnswerText } from './answer-text.js';

const run = { run_id: 'r', message_id: 'm' };
const delta = (offset: number, text: string): MessageDelta => ({
  type: 'message.delta',
  ...run,
  offset,
  delta: text,
});
const retrying = (keep_chars: number): RunRetrying => ({
  type: 'run.retrying',
  ...run,
  attempt: 2,
  endpoint: 'ws://b',
  reason: 'connection_closed',
  keep_chars,
});

describe('AnswerText', () => {
  it('appends deltas, and drops text when an attempt is retried', () => {
    const answer = new AnswerText();
    answer.accept(delta(0, 'Hello '));
    answer.accept(delta(6, 'wrold'));
    expect(answer.value).toBe('Hello wrold');
    answer.accept(retrying(6));
    expect(answer.value).toBe('Hello ');
    answer.accept(delta(6, 'world'));
    expect(answer.value).toBe('Hello world');
    answer.accept(retrying(0));
    expect(answer.value).toBe('');
  });

  it('returns the new part of a delta, and nothing if the delta is not new', () => {
    const answer = new AnswerText('Hel');
    expect(answer.accept(delta(0, 'Hello'))).toEqual(delta(3, 'lo'));
    expect(answer.accept(delta(0, 'Hell'))).toBeUndefined();
    expect(answer.value).toBe('Hello');
  });

  it('rejects a delta if text is missing before it', () => {
    const answer = new AnswerText('Hel');
    expect(() => answer.accept(delta(4, 'o'))).toThrow('1 characters are missing before 4');
    expect(answer.value).toBe('Hel');
  });

  it('ends with the stored text', () => {
    const answer = new AnswerText('Hel');
    const ended = { type: 'message.completed', ...run, message: { content: 'Hello.' } } as RunEvent;
    expect(answer.accept(ended)).toBe(ended);
    expect(answer.value).toBe('Hello.');
  });

  it('assembles the same text for any overlap of deltas', () => {
    const pieces = fc.array(fc.record({ text: fc.string({ unit: 'binary' }), back: fc.nat(20) }));
    fc.assert(
      fc.property(pieces, (steps) => {
        const whole = steps.map(({ text }) => text).join('');
        const answer = new AnswerText();
        let seen = '';
        let end = 0;
        for (const { text, back } of steps) {
          const from = Math.max(0, end - back);
          end += text.length;
          const fresh = answer.accept(delta(from, whole.slice(from, end)));
          if (fresh?.type === 'message.delta') seen += fresh.delta;
        }
        expect([answer.value, seen]).toEqual([whole, whole]);
      }),
    );
  });
});
