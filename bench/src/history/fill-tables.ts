import pg from 'pg';

/** How much is filled in. */
export interface HistorySize {
  conversations: number;
  /** Messages of the one long conversation. */
  messages: number;
}

/** Ids that pages are asked for by. */
export interface FilledHistory {
  longConversation: string;
  /** Messages of the long conversation's newest branch: in its middle, and near its end. */
  middle: string;
  nearEnd: string;
  /** The end of a branch that was left behind half-way. */
  oldLeaf: string;
  /** Conversations in the middle and at the end of the list. */
  middleConversation: string;
  lastConversation: string;
}

/** A question was edited after so many messages, so that a new branch begins two messages back. */
const editedEvery = 500;

/**
 * `common` is in every title and message, `begun…` in 2,000 forms, `rare` in three messages and a title, `old` in all
 * messages of the older half and in none of the newer.
 */
const said = `'common words of message ' || n || ', begun' || n % 2000`;

const fill = ({ conversations, messages }: HistorySize): string[] => [
  `CREATE TEMP TABLE long_conversation AS SELECT uuidv7() AS id`,
  `INSERT INTO conversations (id, owner, title, next_seq, updated_at)
   SELECT id, 'local', 'A long common conversation', ${messages + 1}, now() FROM long_conversation`,
  `CREATE TEMP TABLE said AS SELECT uuidv7() AS id, n, (n - 1) / ${editedEvery} * ${editedEvery} + 1 AS branch
   FROM generate_series(1, ${messages}) AS n`,
  `CREATE INDEX ON said (n)`,
  `INSERT INTO branches (conversation_id, branch, parent_branch, fork_seq)
   SELECT l.id, s.branch, s.branch - ${editedEvery}, s.branch - 3
   FROM said s CROSS JOIN long_conversation l WHERE s.n = s.branch AND s.n > 1`,
  `INSERT INTO messages (id, conversation_id, parent_id, branch, seq, role, content, status, completed_at)
   SELECT s.id, l.id, p.id, s.branch, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
     ${said} || CASE WHEN n = ${messages} / 2 THEN ' rare' ELSE '' END, 'completed', now()
   FROM long_conversation l CROSS JOIN said s
   LEFT JOIN LATERAL (
     SELECT id FROM said WHERE said.n = CASE WHEN s.n = s.branch THEN s.n - 3 ELSE s.n - 1 END
   ) p ON true`,
  `UPDATE conversations SET leaf_id = (SELECT id FROM said WHERE n = ${messages}), leaf_branch = (SELECT max(branch) FROM said)
   WHERE id = (SELECT id FROM long_conversation)`,
  `CREATE TEMP TABLE listed AS SELECT uuidv7() AS id, uuidv7() AS asked, uuidv7() AS answered, n
   FROM generate_series(1, ${conversations}) AS n`,
  `INSERT INTO conversations (id, owner, title, next_seq, leaf_id, created_at, updated_at)
   SELECT id, 'local', 'Common title ' || n || CASE WHEN n = ${conversations} / 3 THEN ' rare' ELSE '' END, 3, answered,
     now() - n * interval '1 second', now() - n * interval '1 second' FROM listed`,
  `INSERT INTO messages (id, conversation_id, parent_id, seq, role, content, status, completed_at)
   SELECT m.id, l.id, m.parent_id, m.seq, m.role,
     ${said} || CASE WHEN n > ${conversations} / 2 THEN ' old' ELSE '' END || CASE WHEN n % 400000 = 200000 THEN ' rare' ELSE '' END,
     'completed', now()
   FROM listed l CROSS JOIN LATERAL (
     VALUES (asked, NULL::uuid, 1, 'user'), (answered, asked, 2, 'assistant')
   ) AS m (id, parent_id, seq, role)`,
];

const find = ({ conversations, messages }: HistorySize): string => `
  SELECT (SELECT id FROM long_conversation) AS "longConversation",
    (SELECT id FROM said WHERE n = ${messages} / 2 - 20) AS middle,
    (SELECT id FROM said WHERE n = ${messages} - 60) AS "nearEnd",
    (SELECT id FROM said WHERE n = ${messages} / 2) AS "oldLeaf",
    (SELECT id FROM listed WHERE n = ${conversations} / 2) AS "middleConversation",
    (SELECT id FROM listed WHERE n = ${conversations}) AS "lastConversation"`;

/** Fills migrated tables with one owner's history, as large as it may get. Takes minutes. */
export async function fillTables(databaseUrl: string, size: HistorySize): Promise<FilledHistory> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // A word index is made in a tenth of the time that it takes to keep it up to date.
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
