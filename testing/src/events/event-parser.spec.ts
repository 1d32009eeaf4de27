import { EventParser, type ServerSentEvent } from './event-parser.js';

const parse = (...parts: string[]): ServerSentEvent[] => {
  const events: ServerSentEvent[] = [];
  const parser = new EventParser((event) => events.push(event));
  for (const part of parts) parser.push(part);
  return events;
};

describe('EventParser', () => {
  const stream =
    'id: 1.17\nevent: message.delta\ndata: {"delta":"a: b\\nc"}\n\n: a comment\n\ndata: [DONE]\n\n';
  const events = [
    { id: '1.17', type: 'message.delta', data: '{"delta":"a: b\\nc"}' },
    { id: '', type: '', data: '[DONE]' },
  ];

  it('gives id, type and data of each event, and skips comments', () => {
    expect(parse(stream)).toEqual(events);
  });

  it('does not depend on where the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      expect(parse(stream.slice(0, cut), stream.slice(cut))).toEqual(events);
    }
    expect(parse(...stream)).toEqual(events);
  });

  it('gives no event that is not complete', () => {
    expect(parse(stream.slice(0, -1))).toEqual(events.slice(0, 1));
  });
});
