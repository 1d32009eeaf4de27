import { Database } from '#database';
import { Stack } from '../harness/stack.js';

interface Found {
  data: { id: string; title: string; matches: { message_id: string | null }[] }[];
  first_id: string;
  last_id: string;
  has_more: boolean;
}

/** Searches more conversations than a search reads one by one, so that PostgreSQL's statistics matter. */
describe('GET /api/conversations?q= among many', () => {
  let stack: Stack;
  const long = '01900000-0000-7000-8000-000000000000';

  beforeAll(async () => {
    stack = await Stack.start({ environment: { DATABASE_POOL_SIZE: '1' } });
    await stack.sql.query(`
      INSERT INTO conversations (id, owner, title, updated_at)
      SELECT gen_random_uuid(), 'local', 'common usual ' || n || CASE WHEN n > 1500 THEN ' old' ELSE '' END,
        now() - n * interval '1 minute'
      FROM generate_series(1, 30000) AS n;
      INSERT INTO conversations (id, owner, title, next_seq) VALUES ('${long}', 'local', 'long', 601);
      INSERT INTO messages (id, conversation_id, seq, role, content, status)
      SELECT gen_random_uuid(), '${long}', n, 'user', CASE n WHEN 1 THEN 'usual' ELSE 'common' END, 'completed'
      FROM generate_series(1, 600) AS n;
      ANALYZE`);
  }, 60_000);
  afterAll(() => stack.stop());

  const search = async (q: string, more = ''): Promise<Found> => {
    const { status, body } = await stack.call<Found>(
      'GET',
      `/api/conversations?limit=3&q=${encodeURIComponent(q)}${more}`,
    );
    expect(status).toBe(200);
    return body;
  };
  const titles = ({ data }: Found): string[] => data.map(({ title }) => title);

  it('finds the newest conversations with a common word without reading all matches, and pages in both directions', async () => {
    const first = await search('common ');
    expect(titles(first)).toEqual(['long', 'common usual 1', 'common usual 2']);
    expect(first.data.map(({ matches }) => matches.length)).toEqual([3, 1, 1]);
    const second = await search('common ', `&after=${first.last_id}`);
    expect(titles(second)).toEqual(['common usual 3', 'common usual 4', 'common usual 5']);
    expect(titles(await search('common ', `&before=${second.first_id}`))).toEqual(titles(first));
    const names = await stack.get(Database).query<{ name: string }>({
      name: 'prepared_searches',
      text: `SELECT name FROM pg_prepared_statements WHERE name ~ 'search_|scan_' ORDER BY name`,
    });
    expect(names.map(({ name }) => name)).toEqual(['scan_conversations', 'scan_conversations_before']);
  });

  it('finds a common word that the newest conversations do not contain', async () => {
    const found = await search('old ');
    expect(titles(found)).toEqual([
      'common usual 1501 old',
      'common usual 1502 old',
      'common usual 1503 old',
    ]);
    expect(found.has_more).toBe(true);
  });

  it('finds a common word in an old message of a long conversation', async () => {
    const found = await search('usual ');
    expect(titles(found)).toEqual(['long', 'common usual 1', 'common usual 2']);
    expect(found.data[0]!.matches).toHaveLength(1);
  });

  it('reports the end of the list', async () => {
    const [last] = await stack.rows<{ id: string }>(
      `SELECT id FROM conversations WHERE title = 'common usual 29998 old'`,
    );
    const found = await search('common ', `&after=${last!.id}`);
    expect(titles(found)).toEqual(['common usual 29999 old', 'common usual 30000 old']);
    expect(found.has_more).toBe(false);
  });
});
