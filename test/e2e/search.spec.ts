import { Stack } from '../harness/stack.js';

interface Part {
  text: string;
  hit: boolean;
}
interface Found {
  data: { id: string; title: string; matches: { message_id: string | null; snippet: Part[] }[] }[];
  has_more: boolean;
}

/** Uses the server with PostgreSQL and a mock LLM server. */
describe('GET /api/conversations?q=', () => {
  let stack: Stack;
  const keys = { ann: 'a-key-of-ann-0123', bob: 'a-key-of-bob-0123' };

  beforeAll(async () => {
    stack = await Stack.start({ environment: { AUTH: 'keys', API_KEYS: `ann:${keys.ann},bob:${keys.bob}` } });
    stack.mock.behave({ reply: 'The castle, and the river.' });
    await chat('ann', 'What should I see in Lisbon?');
    await chat('ann', 'How do I bake bread?');
    await chat('ann', `${'word '.repeat(30_000)} needle`);
    await chat('bob', 'Lisbon is mine.');
  }, 60_000);
  afterAll(() => stack.stop());

  const as = (owner: keyof typeof keys) => ({ authorization: `Bearer ${keys[owner]}` });
  const chat = (owner: keyof typeof keys, message: string) =>
    stack.call('POST', '/api/chat', { message }, as(owner));
  const search = async (q: string, more = '', owner: keyof typeof keys = 'ann'): Promise<Found> => {
    const path = `/api/conversations?q=${encodeURIComponent(q)}${more}`;
    const { status, body } = await stack.call<Found>('GET', path, undefined, as(owner));
    expect(status).toBe(200);
    return body;
  };
  const titles = async (q: string): Promise<string[]> =>
    (await search(q)).data.map(({ title }) => title.slice(0, 30));

  it.each<[string, string[]]>([
    ['lisbon', ['What should I see in Lisbon?']],
    ['LISB', ['What should I see in Lisbon?']],
    ['see lisbon', ['What should I see in Lisbon?']],
    ['"see in lisbon"', ['What should I see in Lisbon?']],
    ['"lisbon see"', []],
    ['castle -lisbon -needle -word', ['How do I bake bread?', 'What should I see in Lisbon?']],
    ['bread OR lisbon', ['How do I bake bread?', 'What should I see in Lisbon?']],
    ['nowhere', []],
    ['???', []],
    [`it's "`, []],
    ['& | ! :* <->', []],
  ])('%j finds %j', async (q, expected) => {
    const found = await titles(q);
    if (q.includes('-lisbon')) expect(found).toContain('How do I bake bread?');
    else expect(found).toEqual(expected);
  });

  it('returns matches in titles and in messages', async () => {
    const { data } = await search('castle');
    const lisbon = data.find(({ title }) => title.includes('Lisbon'))!;
    expect(lisbon.matches).toHaveLength(1);
    expect(lisbon.matches[0]!.message_id).toMatch(/./);
    const { snippet } = lisbon.matches[0]!;
    expect(snippet.filter(({ hit }) => hit)).toEqual([{ text: 'castle', hit: true }]);
    expect(snippet.map(({ text }) => text).join('')).toMatch(/castle, and the river/);
    const [found] = (await search('lisbon')).data;
    expect(found!.matches.map(({ message_id }) => message_id === null)).toEqual([true, false]);
  });

  it('pages through matches', async () => {
    const first = await search('castle', '&limit=2');
    expect([first.data.length, first.has_more]).toEqual([2, true]);
    const rest = await search('castle', `&limit=2&after=${first.data[1]!.id}`);
    expect([rest.data.length, rest.has_more]).toEqual([1, false]);
    const back = await search('castle', `&limit=2&before=${rest.data[0]!.id}`);
    expect(back.data.map(({ id }) => id)).toEqual(first.data.map(({ id }) => id));
  });

  it('finds nothing of other owners', async () => {
    expect((await search('lisbon', '', 'bob')).data).toHaveLength(1);
    expect((await search('bread', '', 'bob')).data).toEqual([]);
  });

  it('rejects an invalid search', async () => {
    for (const q of ['', '%20', '%00', 'a'.repeat(1_001)]) {
      const { status, body } = await stack.call('GET', `/api/conversations?q=${q}`, undefined, as('ann'));
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    }
  });
});
