import { type Statement } from '#database';
import { messageVector, searchedChars, titleVector } from '../store/search-vectors.js';

/** Marks of a match in a snippet; these characters are removed from texts before. */
export const [hitBegin, hitEnd] = ['\u0002', '\u0003'];
const headline = `StartSel=${hitBegin}, StopSel=${hitEnd}, MaxWords=30, MinWords=10`;
/** Most messages of a conversation in its result. */
const maxMatches = 3;

/** How many of the newest conversations are scanned, and how many messages of each. */
const scanLimits = { conversations: 1_000, messages: 500 };
/**
 * Most matching titles, and most matching messages, of the owner that are read from an index. Rows of other owners do not
 * count, except messages from before the owner column existed.
 */
const maxIndexMatches = 30_000;

const plain = (text: string): string => `translate(${text}, '${hitBegin}${hitEnd}', '')`;

/** Common CTEs. $1 is the owner, $2 and $3 are {@link SearchQuery}, $4 is the anchor or null, $5 is the largest number of rows. */
const searchTerms = `
  search_terms AS MATERIALIZED (
    SELECT websearch_to_tsquery('simple', $2) && to_tsquery('simple', $3) AS query
  ), page_anchor AS MATERIALIZED (
    SELECT updated_at, id FROM conversations WHERE id = $4 AND owner = $1
  ), bound AS MATERIALIZED (
    SELECT coalesce((SELECT updated_at FROM page_anchor), 'infinity') AS updated_at,
      coalesce((SELECT id FROM page_anchor), 'ffffffff-ffff-ffff-ffff-ffffffffffff') AS id
  )`;

interface Direction {
  order: 'ASC' | 'DESC';
  /** SQL: the conversation `c` comes after the anchor in this direction. */
  isBeyond: string;
}

const forwards = direction('DESC', '<');
const backwards = direction('ASC', '>');

/** Without an anchor the bound is a value beyond all conversations: because every query has a bound, every plan starts at it in the index. */
function direction(order: Direction['order'], sign: string): Direction {
  return { order, isBeyond: `(c.updated_at, c.id) ${sign} (SELECT updated_at, id FROM bound)` };
}

/** SELECT of the result for the conversations in `listed`. @param matches a query for the matching messages of `l` */
function selectResults({ order }: Direction, matches: string, more: string): string {
  return `
    SELECT $4::uuid IS NULL OR EXISTS (SELECT FROM page_anchor) AS has_anchor, ${more}, l.*,
      CASE WHEN ${titleVector('l.')} @@ w.query
        THEN ts_headline('simple', ${plain('l.title')}, w.query, '${headline}, HighlightAll=true') END AS title_snippet,
      matches.ids AS message_ids, matches.snippets
    FROM search_terms w LEFT JOIN listed l ON true LEFT JOIN LATERAL (
      SELECT array_agg(m.id ORDER BY m.seq) AS ids,
        array_agg(ts_headline('simple', ${plain(`left(m.content, ${searchedChars})`)}, w.query, '${headline}') ORDER BY m.seq)
          AS snippets
      FROM (${matches}) m
    ) matches ON true
    ORDER BY l.updated_at ${order}, l.id ${order}`;
}

/**
 * Reads matches from the word indexes: fast if the words are rare. $6 are ids of conversations that are known to match.
 * `OFFSET 0` keeps the planner, which does not know the words, from reading all conversations first.
 */
function byIndex(name: string, direction: Direction): Statement {
  const { order, isBeyond } = direction;
  const matches = `SELECT m.id, m.seq, m.content FROM shown_matches s JOIN messages m ON m.id = s.id WHERE s.conversation_id = l.id`;
  return {
    name,
    text: `
      WITH ${searchTerms}, matching AS MATERIALIZED (
        SELECT m.conversation_id, m.id, m.seq FROM messages m CROSS JOIN search_terms w
        WHERE ${messageVector('m.')} @@ w.query AND coalesce(m.owner, $1) = $1 LIMIT ${maxIndexMatches}
      ), titled AS (
        SELECT c.id FROM search_terms w CROSS JOIN LATERAL (
          SELECT id, owner FROM conversations c WHERE ${titleVector('c.')} @@ w.query OFFSET 0
        ) c
        WHERE c.owner = $1 LIMIT ${maxIndexMatches}
      ), found AS (
        SELECT id FROM titled UNION SELECT conversation_id FROM matching UNION SELECT unnest($6::uuid[])
      ), listed AS MATERIALIZED (
        SELECT c.* FROM found f CROSS JOIN LATERAL (SELECT * FROM conversations WHERE id = f.id AND owner = $1 OFFSET 0) c
        WHERE ${isBeyond} ORDER BY c.updated_at ${order}, c.id ${order} LIMIT $5
      ), shown_matches AS MATERIALIZED (
        SELECT * FROM (
          SELECT s.conversation_id, s.id, row_number() OVER (PARTITION BY s.conversation_id ORDER BY s.seq) AS number
          FROM listed l JOIN matching s ON s.conversation_id = l.id
        ) s WHERE number <= ${maxMatches}
      )
      ${selectResults(direction, matches, 'true AS is_whole, true AS is_found')}`,
  };
}

/**
 * Scans conversations from the newest on until a page is full: fast if the words are common. Of longer conversations only
 * the newest messages are read; if those do not match, `is_found` is false, and the conversation may match or not.
 * `is_whole` is true if all conversations were scanned.
 */
function byScanning(name: string, direction: Direction): Statement {
  const { order, isBeyond } = direction;
  const { conversations, messages } = scanLimits;
  const inOrder = `ORDER BY c.updated_at ${order}, c.id ${order}`;
  const candidates = `FROM conversations c WHERE c.owner = $1 AND ${isBeyond} ${inOrder} LIMIT ${conversations}`;
  // OFFSET 0 keeps the planner from the word index, which would return the matches of all conversations each time.
  const newestOf = (alias: string): string => `
    SELECT m.id, m.seq, m.content FROM (
      SELECT id, seq, content FROM messages
      WHERE conversation_id = ${alias}.id AND seq >= ${alias}.next_seq - ${messages} ORDER BY seq OFFSET 0
    ) m WHERE ${messageVector('m.')} @@ (SELECT query FROM search_terms) LIMIT ${maxMatches}`;
  return {
    name,
    text: `
      WITH ${searchTerms}, listed AS MATERIALIZED (
        SELECT c.*, f.is_found FROM (SELECT * ${candidates}) c CROSS JOIN LATERAL (
          SELECT ${titleVector('c.')} @@ (SELECT query FROM search_terms) OR EXISTS (${newestOf('c')}) AS is_found OFFSET 0
        ) f
        WHERE f.is_found OR c.next_seq > ${messages} + 1
        ${inOrder} LIMIT $5
      )
      ${selectResults(direction, newestOf('l'), `(SELECT count(*) FROM (SELECT ${candidates}) c) < ${conversations} AS is_whole`)}`,
  };
}

/** Searches with the word indexes, in both directions of paging. */
export const fromIndex = {
  next: byIndex('search_conversations', forwards),
  previous: byIndex('search_conversations_before', backwards),
};
/** Searches by scanning the newest conversations, in both directions of paging. */
export const fromNewest = {
  next: byScanning('scan_conversations', forwards),
  previous: byScanning('scan_conversations_before', backwards),
};

/** The planner's estimate of the number of matches, from its statistics of words. It costs only the planning time. */
export const estimateMatches: Statement = {
  name: 'estimate_matches',
  text: `
    EXPLAIN (FORMAT JSON)
    SELECT FROM messages m
    WHERE ${messageVector('m.')} @@ (websearch_to_tsquery('simple', $1) && to_tsquery('simple', $2))
    UNION ALL
    SELECT FROM conversations c
    WHERE ${titleVector('c.')} @@ (websearch_to_tsquery('simple', $1) && to_tsquery('simple', $2))`,
};
