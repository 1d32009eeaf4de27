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
    expect([q, status]).toEqual([q, 200]);
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

  it('finds parts of texts without spaces, of paths, URLs, identifiers and versions', async () => {
    const texts = {
      trip: '我们下周去里斯本旅行，住三晚',
      japanese: '日本語のテストです',
      mixed: 'deploy 部署方案 docker',
      thai: 'ฉันอยากไปเที่ยวกรุงเทพ',
      korean: '서울에서 부산까지',
      path: 'see libs/llm/src/transport.ts, foo_bar and user@example.org',
      url: 'https://docs.example.com/guide/setup-page?tab=linux&lang=pt#step-2',
      code: 'call getUserById(id) or parseHTTPResponse, List<Widget> and C++',
      version: 'upgrade to v1.24.3-rc.1 on 10.0.42.7',
      lines: `${'x\n'.repeat(3_000)}node_modules/.bin/eslint`,
    };
    const ids = new Map<string, string>();
    for (const [name, text] of Object.entries(texts)) {
      const { body } = await stack.call<{ conversation_id: string }>(
        'POST',
        '/api/chat',
        { message: text },
        as('bob'),
      );
      ids.set(body.conversation_id, name);
    }
    const wrong: unknown[] = [];
    const expectFound = async (q: string, name: string | undefined): Promise<void> => {
      const { data } = await search(q, '', 'bob');
      const found = data.map(({ id }) => ids.get(id));
      if (found.length !== (name === undefined ? 0 : 1) || found[0] !== name) wrong.push([q, found]);
      const hits = data.flatMap(({ matches }) =>
        matches.flatMap(({ snippet }) => snippet.filter(({ hit }) => hit)),
      );
      if (name !== undefined && hits.length === 0) wrong.push([q, 'no hits']);
    };
    for (const [name, queries] of Object.entries({
      trip: ['我们', '里斯本', '旅行', '京 OR 里斯本', '斯本旅', '晚', '"里斯本旅行"', '旅行 三晚'],
      japanese: ['日本', 'テスト', '語の', 'です'],
      mixed: ['部署', '方案', 'docker 部署', 'docker 方案', '部署方案 dep'],
      thai: ['กรุงเทพ', 'เที่ยว', 'อยาก'],
      korean: ['부산', '산까지', '에서', '서울에서 부산'],
      path: [
        'transport.ts',
        'transport',
        'llm/src',
        'foo_bar',
        'foo_',
        'example.org',
        'user@example',
        'libs/llm/src/transport.ts',
      ],
      url: [
        'docs.example.com',
        'guide/setup',
        'setup-page',
        'tab=linux',
        'https://docs.example.com/guide',
        'step-2',
        'lang=pt',
      ],
      code: [
        'getUserById',
        'UserById',
        'userby',
        'ById',
        'HTTPResponse',
        'httpresp',
        'Widget',
        'List<Widget',
        'C++',
      ],
      version: ['1.24.3', 'v1.24', '24.3', 'rc.1', '10.0.42', '42.7', '1.24.3-rc'],
      lines: ['.bin/eslint', 'modules/.bin', 'eslint'],
    })) {
      for (const q of queries) await expectFound(q, name);
    }
    for (const q of ['本里', '案部', '24.4', 'llm.src', 'tab=linuxes', 'UserByName', '里斯本 -旅行', 'C--C'])
      await expectFound(q, undefined);
    expect(wrong).toEqual([]);
  });

  it('stores and finds a message with as many different parts as possible', async () => {
    const han = Array.from({ length: 50_000 }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7_919) % 20_000)),
    ).join('');
    const names = Array.from({ length: 3_000 }, (_, at) => `a${at}B${at}C${at}D${at}`).join(' ');
    const words = Array.from({ length: 9_000 }, (_, at) =>
      String.fromCodePoint(0x400 + (at % 250), 0x400 + (at >> 5)),
    ).join(' ');
    const { status } = await stack.call(
      'POST',
      '/api/import',
      {
        format: 'parley.conversation.v1',
        title: 'Many parts',
        messages: [
          {
            id: '0198c2f0-0000-7000-8000-000000000000',
            role: 'user',
            content: `${names.slice(0, 30_000)} ${han} ${words}`,
          },
        ],
      },
      as('ann'),
    );
    expect(status).toBe(201);
    expect(await titles(`a42b42c ${han.slice(1_000, 1_004)}`)).toEqual(['Many parts']);
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
