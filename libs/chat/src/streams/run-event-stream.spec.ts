import { jest } from '@jest/globals';
import { LiveRun } from '../runs/generation/live-run.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { RunEventStream } from './run-event-stream.js';

/** Longer than any of these tests. */
const longMs = 60_000;

describe('RunEventStream', () => {
  it('buffers at most one window for a reader that does not read', async () => {
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, longMs);
    stream.on('readable', () => undefined);
    await new Promise(setImmediate);
    const piece = 'x'.repeat(1_000);
    for (let count = 0; count < 1_000; count += 1) run.append(piece);
    expect(stream.readableLength).toBeLessThan(200_000);
    stream.destroy();
  });

  it('does not stop the run when its reader disconnects', () => {
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, longMs);
    stream.destroy();
    run.append('still going');
    expect([run.text, run.stopped]).toEqual(['still going', undefined]);
  });

  it('sends a comment while there are no events', () => {
    jest.useFakeTimers();
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, 1_000);
    stream.setEncoding('utf8');
    stream.read();
    while (stream.read() !== null);
    jest.advanceTimersByTime(1_000);
    const comment: unknown = stream.read();
    stream.destroy();
    jest.useRealTimers();
    expect(comment).toMatch(/^:.*\n\n$/);
  });

  it('destroys the connection of a reader that does not read the rest of an ended stream in time', async () => {
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, longMs);
    stream.read();
    await stream.endWithin(5);
    expect(stream.destroyed).toBe(true);
  });
});
