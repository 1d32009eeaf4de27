import { jest } from '@jest/globals';
import { LiveRun } from '../runs/generation/live-run.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { RunEventStream } from './run-event-stream.js';

const long = 60_000;

describe('RunEventStream', () => {
  it('holds nothing back for a reader who does not read: what it has not read comes in one delta', async () => {
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, long);
    stream.on('readable', () => undefined);
    await new Promise(setImmediate);
    const piece = 'x'.repeat(1_000);
    for (let count = 0; count < 1_000; count += 1) run.append(piece);
    expect(stream.readableLength).toBeLessThan(200_000);
    stream.destroy();
  });

  it('goes on when its reader leaves the run alone', () => {
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, long);
    stream.destroy();
    run.append('still going');
    expect([run.text, run.stopped]).toEqual(['still going', undefined]);
  });

  it('sends a comment while there is nothing to say', () => {
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

  it('lets go of a reader who does not take the last of a cut stream', async () => {
    const run = new LiveRun(sampleTurn());
    const stream = new RunEventStream(run, long);
    stream.read();
    await stream.endWithin(5);
    expect(stream.destroyed).toBe(true);
  });
});
