import { type Answer, Stack } from '../harness/stack.js';

/** Real: two servers on one Postgres, HTTP and WebSocket. */
describe('two servers on one database', () => {
  it('accept one turn of a conversation at a time, give every message its own seq, and cause no deadlock', async () => {
    const stack = await Stack.start({ behavior: { serviceTimeMs: 3 } });
    const other = await stack.replica();
    try {
      const ids: string[] = [];
      for (let count = 0; count < 8; count += 1) {
        ids.push((await stack.call('POST', '/api/conversations', {})).body.id as string);
      }
      const send = async (url: string, index: number): Promise<Answer['status']> => {
        const response = await fetch(`${url}/api/conversations/${ids[index % ids.length]}/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ content: `message ${index}` }),
        });
        await response.text();
        return response.status;
      };
      const statuses: number[] = [];
      for (let round = 0; round < 10; round += 1) {
        const sends = Array.from({ length: 40 }, (_, index) =>
          send(index % 3 === 0 ? other.url : stack.url, index),
        );
        statuses.push(...(await Promise.all(sends)));
      }
      const taken = statuses.filter((status) => status === 200).length;
      expect(new Set(statuses)).toEqual(new Set([200, 409]));
      expect(taken).toBeGreaterThanOrEqual(80);

      const rows = await stack.rows<{
        messages: string;
        seqs: string;
        last: number;
        next: number;
        idle: boolean;
      }>(`
        SELECT count(*) AS messages, count(DISTINCT m.seq) AS seqs, max(m.seq) AS last, max(c.next_seq) AS next,
          bool_and(c.active_run_id IS NULL) AS idle
        FROM conversations c JOIN messages m ON m.conversation_id = c.id GROUP BY c.id`);
      expect(rows.reduce((sum, { messages }) => sum + Number(messages), 0)).toBe(2 * taken);
      for (const { messages, seqs, last, next, idle } of rows) {
        expect([Number(seqs), last, next - 1, idle]).toEqual([
          Number(messages),
          Number(messages),
          Number(messages),
          true,
        ]);
      }
      const parents = await stack.rows(`
        SELECT count(*) FROM messages m JOIN messages p ON p.id = m.parent_id
        WHERE p.conversation_id <> m.conversation_id OR p.seq <> m.seq - 1`);
      expect(parents).toEqual([{ count: '0' }]);
    } finally {
      await other.close();
      await stack.stop();
    }
  });
});
