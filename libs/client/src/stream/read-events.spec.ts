import { type IdentifiedEvent, readEvents } from './read-events.js';

const bodyOf = (pieces: readonly Uint8Array[], end: 'close' | 'error' | 'none' = 'close') => {
  const left = [...pieces];
  const state = { cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece !== undefined) controller.enqueue(piece);
        else if (end === 'close') controller.close();
        else if (end === 'error') controller.error(new TypeError('terminated'));
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const event = (id: string, data: string): string => `id: ${id}\nevent: x\ndata: ${data}\n\n`;
const delta = (offset: number, text: string): string =>
  JSON.stringify({ type: 'message.delta', run_id: 'r', message_id: 'm', offset, delta: text });

async function all(body: ReadableStream<Uint8Array>, silenceMs = 10_000): Promise<IdentifiedEvent[]> {
  const events: IdentifiedEvent[] = [];
  for await (const some of readEvents(body, silenceMs)) events.push(...some);
  return events;
}

describe('readEvents', () => {
  it('parses events that are split anywhere, even within a character', async () => {
    const stream = bytes(event('1.2', delta(0, 'né')) + ': still here\n\n' + event('1.4', delta(2, '🙂')));
    for (const size of [1, 3, 7, stream.length]) {
      const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
        stream.subarray(index * size, (index + 1) * size),
      );
      const events = await all(bodyOf(pieces).body);
      expect(events.map(({ id, event }) => [id, 'delta' in event && event.delta])).toEqual([
        ['1.2', 'né'],
        ['1.4', '🙂'],
      ]);
    }
  });

  it('skips events of unknown types', async () => {
    const { body } = bodyOf([bytes(event('1.2', '{"type":"run.thinking"}') + event('1.2', delta(0, 'a')))]);
    expect((await all(body)).map(({ event }) => event.type)).toEqual(['message.delta']);
  });

  it.each(['{"type":', '"text"', '{"delta":"a"}'])('rejects %s as unreadable', async (data) => {
    const { body } = bodyOf([bytes(event('1.2', data))]);
    await expect(all(body)).rejects.toMatchObject({ name: 'ConnectionError', code: 'unreadable' });
  });

  it('distinguishes a cut connection from a silent one', async () => {
    await expect(all(bodyOf([], 'error').body)).rejects.toMatchObject({ code: 'cut' });
    const { body, state } = bodyOf([bytes(event('1.2', delta(0, 'a')))], 'none');
    await expect(all(body, 5)).rejects.toMatchObject({ code: 'silent' });
    expect(state.cancelled).toBe(true);
  });

  it('closes the response when the caller stops iterating', async () => {
    const { body, state } = bodyOf([bytes(event('1.2', delta(0, 'a')))], 'none');
    const reading = readEvents(body, 10_000);
    await reading.next();
    await reading.return();
    expect(state.cancelled).toBe(true);
  });
});
