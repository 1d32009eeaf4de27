import { RequestLog } from './request-log.js';

const request = (bytes: number) => ({ frame: {}, bytes, headers: {}, connection: 1 });

describe('RequestLog', () => {
  it.each([
    ['their number', [1, 1, 1, 1], 3, 100, [2, 3, 4]],
    ['their size', [40, 40, 40], 10, 100, [2, 3]],
    ['their size, but keeps the last', [40, 400], 10, 100, [2]],
  ])('bounds its records by %s', (_, sizes, maxRequests, maxBytes, kept) => {
    const log = new RequestLog(() => undefined, undefined, maxRequests, maxBytes);
    for (const size of sizes) log.add(request(size));
    expect(log.records.map(({ number }) => number)).toEqual(kept);
    expect(log.received).toBe(sizes.length);
  });

  it('reports every request and every end', () => {
    const events: string[] = [];
    const log = new RequestLog(
      () => events.push('change'),
      ({ number }) => events.push(`request ${number}`),
    );
    const record = log.add(request(1));
    log.end(record, 'finished');
    expect(events).toEqual(['request 1', 'change', 'change']);
    expect(log.records[0]).toMatchObject({ outcome: 'finished', endedAt: expect.any(Date) as unknown });
    log.clear();
    expect([log.records, log.received]).toEqual([[], 0]);
  });
});
