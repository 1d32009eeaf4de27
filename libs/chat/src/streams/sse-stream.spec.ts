import { jest } from '@jest/globals';
import { once } from 'node:events';
import { LiveRun } from '../runs/generation/live-run.js';
import { sampleTurn } from '../testing/sample-turn.js';
import { type EventSource } from './event-source.js';
import { RunCursor } from './run-cursor.js';
import { RunSubscription } from './run-subscription.js';
import { SseStream } from './sse-stream.js';

/** Longer than any of these tests. */
const longMs = 60_000;

const streamOf = (run: LiveRun, heartbeatMs = longMs): SseStream =>
  new SseStream(new RunSubscription(run, new RunCursor()), heartbeatMs);

/** A source whose events a test provides. */
class ScriptedSource implements EventSource {
  notify = (): void => undefined;
  isFinished = false;
  isClosed = false;
  readonly results: (string | Promise<string>)[] = [];
  /** The events for an early end; undefined if the format has none. */
  finalEvents: string | undefined;
  #isInterrupted = false;

  next(): string | Promise<string> {
    if (!this.#isInterrupted) return this.results.shift() ?? '';
    this.isFinished = true;
    return this.finalEvents ?? '';
  }

  listen(listener: () => void): void {
    this.notify = listener;
  }

  interrupt(): void {
    this.#isInterrupted = true;
    this.isFinished = this.finalEvents === undefined;
  }

  close(): void {
    this.isClosed = true;
  }
}

async function textOf(stream: SseStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('SseStream', () => {
  afterEach(() => jest.useRealTimers());

  it('buffers at most one window for a reader that does not read', async () => {
    const run = new LiveRun(sampleTurn());
    const stream = streamOf(run);
    stream.on('readable', () => undefined);
    await new Promise(setImmediate);
    const piece = 'x'.repeat(1_000);
    for (let count = 0; count < 1_000; count += 1) run.append(piece);
    expect(stream.readableLength).toBeLessThan(200_000);
    stream.destroy();
  });

  it('escapes what some readers take for the end of a line', async () => {
    const text = 'a\u0085b\u2028c\u2029d';
    const source = new ScriptedSource();
    source.results.push(`data: ${JSON.stringify({ text })}\n\n`);
    const stream = new SseStream(source, longMs);
    const reading = textOf(stream);
    await new Promise(setImmediate);
    source.interrupt();
    source.notify();
    const sent = await reading;
    expect(sent).not.toMatch(/[\u0085\u2028\u2029]/);
    expect(JSON.parse(sent.trim().slice('data: '.length))).toEqual({ text });
  });

  it('does not stop the run when its reader disconnects', () => {
    const run = new LiveRun(sampleTurn());
    streamOf(run).destroy();
    run.append('still going');
    expect([run.text, run.stopped]).toEqual(['still going', undefined]);
  });

  it('sends a comment after each interval without events', () => {
    jest.useFakeTimers();
    const stream = streamOf(new LiveRun(sampleTurn()), 1_000);
    stream.setEncoding('utf8');
    while (stream.read() !== null);
    const comments = [1, 2].map(() => {
      jest.advanceTimersByTime(1_000);
      return stream.read() as unknown;
    });
    stream.destroy();
    expect(comments).toEqual([': still here\n\n', ': still here\n\n']);
  });

  it.each([
    ['there are none', ''],
    ['they are being fetched', new Promise<string>(() => undefined)],
  ])('sends a comment before the first events while %s, so that the client gets the headers', (_, first) => {
    const source = new ScriptedSource();
    source.results.push(first);
    const stream = new SseStream(source, longMs);
    expect(String(stream.read())).toMatch(/^:/);
    stream.destroy();
  });

  it('sends events of which it was notified while others were fetched', async () => {
    const source = new ScriptedSource();
    const fetched = Promise.withResolvers<string>();
    source.results.push(fetched.promise);
    const stream = new SseStream(source, longMs);
    stream.resume();
    await new Promise(setImmediate);
    source.results.push('data: late\n\n');
    source.notify();
    const sent = once(stream, 'data');
    fetched.resolve('');
    expect(String(((await sent) as unknown[])[0])).toBe('data: late\n\n');
    stream.destroy();
  });

  it('ends with the events that the format has for an early end', async () => {
    const source = new ScriptedSource();
    source.results.push('data: a\n\n');
    source.finalEvents = 'event: error\ndata: {}\n\n';
    const stream = new SseStream(source, longMs);
    const text = textOf(stream);
    await new Promise(setImmediate);
    await stream.endWithin(longMs);
    expect(await text).toBe('data: a\n\nevent: error\ndata: {}\n\n');
    expect(source.isClosed).toBe(true);
  });

  it('destroys the connection of a reader that does not read the rest of an ended stream in time', async () => {
    const stream = streamOf(new LiveRun(sampleTurn()));
    stream.read();
    await stream.endWithin(5);
    expect(stream.destroyed).toBe(true);
  });

  it('ends if events cannot be fetched, so that the reader resumes', async () => {
    const source = new ScriptedSource();
    source.results.push('data: a\n\n', Promise.reject(new Error('no database')));
    expect(await textOf(new SseStream(source, longMs))).toBe('data: a\n\n');
  });

  it('fails if events cannot be fetched and the format has events for an early end', async () => {
    const source = new ScriptedSource();
    source.results.push('data: a', Promise.reject(new Error('no database')));
    source.finalEvents = 'event: error\ndata: {}\n\n';
    await expect(textOf(new SseStream(source, longMs))).rejects.toThrow('no database');
  });
});
