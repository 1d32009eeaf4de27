import fc from 'fast-check';
import { LiveRun } from '../runs/generation/live-run.js';
import { completed, finishedTurn } from '../runs/generation/run-outcome.js';
import { sampleAttempt, sampleTurn } from '../testing/sample-turn.js';
import { RunCursor } from './run-cursor.js';
import { parsePosition, type RunPosition } from '../model/run-position.js';

interface Event {
  id: string;
  event: string;
  data: { offset: number; delta: string; [member: string]: unknown };
}

function eventsIn(text: string): Event[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [id, event, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
      return { id: id!, event: event!, data: JSON.parse(data!) as Event['data'] };
    });
}

function finish(run: LiveRun, text: string): void {
  const completion = {
    text,
    source: 'primary',
    model: 'm',
    finishReason: 'stop',
    usage: null,
    metadata: {},
  } as const;
  run.finish(finishedTurn(run.turn, completed(completion, []), new Date(0)));
}

/** The next events of a run whose text is in memory. */
function nextOf(cursor: RunCursor, run: LiveRun): string {
  const events = cursor.next(run);
  if (typeof events === 'string') return events;
  throw new Error('the text of a live run must not be fetched');
}

describe('RunCursor', () => {
  it('returns each event once, in order, with ids that are positions', () => {
    const run = new LiveRun(sampleTurn());
    const cursor = new RunCursor();
    expect(eventsIn(nextOf(cursor, run)).map(({ id, event }) => [id, event])).toEqual([
      ['0.0', 'run.started'],
      ['0.1', 'message.created'],
    ]);
    expect(cursor.next(run)).toBe('');
    run.append('Hel');
    run.append('lo');
    expect(cursor.next(run)).toBe(
      'id: 1.5\nevent: message.delta\n' +
        'data: {"type":"message.delta","run_id":"r1","message_id":"m2","offset":0,"delta":"Hello"}\n\n',
    );
    run.append('!');
    finish(run, 'Hello!');
    expect(eventsIn(nextOf(cursor, run)).map(({ id, event }) => [id, event])).toEqual([
      ['1.6', 'message.delta'],
      ['1.6.done', 'message.completed'],
      ['1.6.end', 'run.finished'],
    ]);
    expect([cursor.isFinished, cursor.next(run)]).toEqual([true, '']);
  });

  it('announces a restart only to readers that have received some of the text', () => {
    const run = new LiveRun(sampleTurn());
    const early = new RunCursor(undefined, '', true);
    const late = new RunCursor();
    nextOf(early, run);
    nextOf(late, run);
    run.append('wrong');
    nextOf(early, run);
    run.startOver(2, { endpoint: 'ws://b', endpointLabel: 'primary-2', reason: 'connection_closed' });
    run.append('right');
    expect(
      eventsIn(nextOf(early, run)).map(({ id, event, data }) => [id, event, data.delta ?? data]),
    ).toEqual([
      [
        '2.0',
        'run.retrying',
        {
          type: 'run.retrying',
          run_id: 'r1',
          message_id: 'm2',
          attempt: 2,
          endpoint: 'ws://b',
          reason: 'connection_closed',
          keep_chars: 0,
        },
      ],
      ['2.5', 'message.delta', 'right'],
    ]);
    expect(eventsIn(nextOf(late, run)).map(({ id, event }) => [id, event])).toEqual([
      ['2.5', 'message.delta'],
    ]);
  });

  it('numbers positions by the attempt that the text came from', () => {
    const run = new LiveRun(sampleTurn());
    const cursor = new RunCursor();
    nextOf(cursor, run);
    run.attemptEnded(1);
    run.attemptEnded(5);
    run.attemptEnded(2);
    run.append('x');
    expect(eventsIn(nextOf(cursor, run)).map(({ id }) => id)).toEqual(['3.1']);
  });

  it('ends without run.finished when it is interrupted', () => {
    const run = new LiveRun(sampleTurn());
    const cursor = new RunCursor();
    run.append('a');
    expect(eventsIn(nextOf(cursor, run)).at(-1)!.event).toBe('message.delta');
    run.append('b');
    cursor.interrupt();
    expect([cursor.next(run), cursor.isFinished]).toEqual(['', true]);
  });

  it('shows addresses of LLM servers only to operators', () => {
    const run = new LiveRun(sampleTurn());
    const cursors = [new RunCursor(), new RunCursor(undefined, '', true)];
    run.append('wrong');
    for (const cursor of cursors) nextOf(cursor, run);
    run.startOver(2, { endpoint: 'ws://b', endpointLabel: 'primary-2', reason: 'connection_closed' });
    run.append('right');
    const { turn } = run;
    const attempt = { ...sampleAttempt, endpoint: 'ws://b', endpoint_label: 'primary-2' };
    run.finish({ ...turn, run: { ...turn.run, status: 'completed', attempts: [attempt] } });
    const [seen, seenByOperator] = cursors.map((cursor) => nextOf(cursor, run));
    expect(seen).toContain('"endpoint":"primary-2"');
    expect(seen).not.toContain('ws://b');
    expect(seenByOperator!.match(/"endpoint":"ws:\/\/b"/g)).toHaveLength(2);
  });

  it.each([
    ['0.0', ['message.created', 'message.delta', 'message.completed', 'run.finished']],
    ['0.1', ['message.delta', 'message.completed', 'run.finished']],
    ['1.3', ['run.retrying', 'message.delta', 'message.completed', 'run.finished']],
    ['2.0', ['message.delta', 'message.completed', 'run.finished']],
    ['2.5', ['message.completed', 'run.finished']],
    ['2.5.done', ['run.finished']],
  ])('continues after %s with the events that have not been sent', (id, events) => {
    const run = new LiveRun(sampleTurn());
    run.append('Hel');
    run.startOver(2, { endpoint: 'ws://b', endpointLabel: 'primary-2', reason: 'connection_closed' });
    run.append('Hello');
    finish(run, 'Hello');
    const cursor = new RunCursor(parsePosition(id) as RunPosition);
    expect(eventsIn(nextOf(cursor, run)).map(({ event }) => event)).toEqual(events);
  });

  it('yields the same text to every reader, however slow', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ piece: fc.string({ unit: 'binary' }), read: fc.boolean(), restart: fc.boolean() }),
        ),
        (steps) => {
          const run = new LiveRun(sampleTurn());
          const cursor = new RunCursor();
          let text = '';
          let seen = '';
          const read = (): void => {
            for (const { event, data } of eventsIn(nextOf(cursor, run))) {
              if (event === 'run.retrying') seen = '';
              if (event !== 'message.delta') continue;
              expect(data.offset).toBe(seen.length);
              seen += data.delta;
            }
          };
          steps.forEach(({ piece, read: isRead, restart }, index) => {
            if (restart) run.startOver(index + 2, { endpoint: 'e', endpointLabel: 'e', reason: 'r' });
            if (restart) text = '';
            if (piece !== '') run.append(piece);
            text += piece;
            if (isRead) read();
          });
          read();
          expect(seen).toBe(text);
        },
      ),
    );
  });
});
