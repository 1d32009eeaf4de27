import pg from 'pg';

/** How many rows to insert. */
export interface HistorySize {
  conversations: number;
  /** Messages of the one long conversation. */
  messages: number;
}

/** Ids to request pages with. */
export interface FilledHistory {
  longConversation: string;
  /** Messages in the middle and near the end of the long conversation's newest branch. */
  middle: string;
  nearEnd: string;
  /** The last message of an older branch, half as long. */
  oldLeaf: string;
  /** Conversations in the middle and at the end of the list. */
  middleConversation: string;
  lastConversation: string;
}

/** After so many messages a question is edited: a new branch starts two messages before. */
const editedEvery = 500;

/**
 * The words to search for: `common` is in every title and message, `begun0` to `begun1999` in one of 2,000 messages each, `rare` in
 * three messages and one title, `old` in all messages of the older half of the conversations. `部署方案` is in every message; a
 * Chinese letter before it, a path and a version are in one of 2,000 messages each.
 */
const content = `'common words of message ' || n || ', begun' || n % 2000 || ', ' || chr(x'5000'::integer + n % 2000) || '部署方案, src/part'
  || n % 2000 || '/file.ts v1.' || n % 2000 || '.3'`;

const fill = ({ conversations, messages }: HistorySize): string[] => [
  `CREATE TEMP TABLE long_conversation AS SELECT uuidv7() AS id`,
  `INSERT INTO conversations (id, owner, title, next_seq, updated_at)
   SELECT id, 'local', 'A long common conversation', ${messages + 1}, now() FROM long_conversation`,
  `CREATE TEMP TABLE long_messages AS SELECT uuidv7() AS id, n, (n - 1) / ${editedEvery} * ${editedEvery} + 1 AS branch
   FROM generate_series(1, ${messages}) AS n`,
  `CREATE INDEX ON long_messages (n)`,
  `INSERT INTO branches (conversation_id, branch, parent_branch, fork_seq)
   SELECT l.id, s.branch, s.branch - ${editedEvery}, s.branch - 3
   FROM long_messages s CROSS JOIN long_conversation l WHERE s.n = s.branch AND s.n > 1`,
  `INSERT INTO messages (id, conversation_id, parent_id, branch, seq, role, content, status, completed_at)
   SELECT s.id, l.id, p.id, s.branch, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
     ${content} || CASE WHEN n = ${messages} / 2 THEN ' rare' ELSE '' END, 'completed', now()
   FROM long_conversation l CROSS JOIN long_messages s
   LEFT JOIN LATERAL (
     SELECT id FROM long_messages l2 WHERE l2.n = CASE WHEN s.n = s.branch THEN s.n - 3 ELSE s.n - 1 END
   ) p ON true`,
  `UPDATE conversations SET leaf_id = (SELECT id FROM long_messages WHERE n = ${messages}), leaf_branch = (SELECT max(branch) FROM long_messages)
   WHERE id = (SELECT id FROM long_conversation)`,
  `CREATE TEMP TABLE listed AS SELECT uuidv7() AS id, uuidv7() AS asked, uuidv7() AS answered, n
   FROM generate_series(1, ${conversations}) AS n`,
  `INSERT INTO conversations (id, owner, title, next_seq, leaf_id, created_at, updated_at)
   SELECT id, 'local', 'Common title ' || n || CASE WHEN n = ${conversations} / 3 THEN ' rare' ELSE '' END, 3, answered,
     now() - n * interval '1 second', now() - n * interval '1 second' FROM listed`,
  `INSERT INTO messages (id, conversation_id, parent_id, seq, role, content, status, completed_at)
   SELECT m.id, l.id, m.parent_id, m.seq, m.role,
     ${content} || CASE WHEN n > ${conversations} / 2 THEN ' old' ELSE '' END || CASE WHEN n % 400000 = 200000 THEN ' rare' ELSE '' END,
     'completed', now()
   FROM listed l CROSS JOIN LATERAL (
     VALUES (asked, NULL::uuid, 1, 'user'), (answered, asked, 2, 'assistant')
   ) AS m (id, parent_id, seq, role)`,
];

const find = ({ conversations, messages }: HistorySize): string => `
  SELECT (SELECT id FROM long_conversation) AS "longConversation",
    (SELECT id FROM long_messages WHERE n = ${messages} / 2 - 20) AS middle,
    (SELECT id FROM long_messages WHERE n = ${messages} - 60) AS "nearEnd",
    (SELECT id FROM long_messages WHERE n = ${messages} / 2) AS "oldLeaf",
    (SELECT id FROM listed WHERE n = ${conversations} / 2) AS "middleConversation",
    (SELECT id FROM listed WHERE n = ${conversations}) AS "lastConversation"`;

/** Inserts a long history of one owner into migrated tables. Takes minutes for a million conversations. */
export async function fillTables(databaseUrl: string, size: HistorySize): Promise<FilledHistory> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Creating a GIN index takes a tenth of the time of its updates.
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE indexdef LIKE '%USING gin%'`,
    );
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    for (const statement of fill(size)) await client.query(statement);
    await client.query(`SET maintenance_work_mem = '256MB'`);
    for (const { definition } of indexes) await client.query(definition);
    await client.query('VACUUM ANALYZE');
    return (await client.query<FilledHistory>(find(size))).rows[0]!;
  } finally {
    await client.end();
  }
}
