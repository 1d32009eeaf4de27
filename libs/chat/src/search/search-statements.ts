import { type Statement } from '#database';
import { messageVector, searchedChars, titleVector } from '../store/search-vectors.js';

/** Characters of a long message that are read around its first match, and how many of them before it. */
const excerpt = { chars: 4_000, before: 1_000 };
/** Most messages of a conversation in its result. */
const maxMatches = 3;

/** How many of the newest conversations are scanned, and how many messages of each. */
const scanLimits = { conversations: 1_000, messages: 500 };
/**
 * Most matching titles, and most matching messages, of the owner that are read from an index. Rows of other owners do not
 * count, except messages from before the owner column existed.
 */
const maxIndexMatches = 30_000;

/**
 * Common CTEs. $1 is the owner, $2 the `tsquery` and $3 the patterns of {@link SearchQuery}, $4 the anchor or null, $5 the
 * largest number of rows, $6 the texts of its terms in lower case.
 */
const searchTerms = `
  search_terms AS MATERIALIZED (
    SELECT to_tsquery('simple', $2) AS query
  ), page_anchor AS MATERIALIZED (
    SELECT updated_at, id FROM conversations WHERE id = $4 AND owner = $1
  ), bound AS MATERIALIZED (
    SELECT coalesce((SELECT updated_at FROM page_anchor), 'infinity') AS updated_at,
      coalesce((SELECT id FROM page_anchor), 'ffffffff-ffff-ffff-ffff-ffffffffffff') AS id
  )`;

/** SQL: whether the texts contain what was typed, which the index cannot decide. Cheaper than a `tsvector`. */
const messagePatterns = (alias: string): string =>
  `left(${alias}content, ${searchedChars}) ILIKE ALL ($3::text[])`;
const titlePatterns = (alias: string): string => `coalesce(${alias}title, '') ILIKE ALL ($3::text[])`;

/** SQL for the part of a message around its first match; the whole message if it is short. */
const excerptOf = (alias: string): string => `
  CASE WHEN length(${alias}content) <= ${excerpt.chars} THEN ${alias}content ELSE substr(${alias}content, greatest(1, (
    SELECT min(nullif(strpos(lower(left(${alias}content, ${searchedChars})), term), 0)) FROM unnest($6::text[]) AS term
  ) - ${excerpt.before}), ${excerpt.chars}) END`;

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
      ${titlePatterns('l.')} AND ${titleVector('l.')} @@ w.query AS is_titled,
      matches.ids AS message_ids, matches.excerpts
    FROM search_terms w LEFT JOIN listed l ON true LEFT JOIN LATERAL (
      SELECT array_agg(m.id ORDER BY m.seq) AS ids, array_agg(${excerptOf('m.')} ORDER BY m.seq) AS excerpts
      FROM (${matches}) m
    ) matches ON true
    ORDER BY l.updated_at ${order}, l.id ${order}`;
}

/**
 * Reads matches from the word indexes: fast if the words are rare. $7 are ids of conversations that are known to match.
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
        WHERE ${messageVector('m.')} @@ w.query AND coalesce(m.owner, $1) = $1 AND ${messagePatterns('m.')} LIMIT ${maxIndexMatches}
      ), titled AS (
        SELECT c.id FROM search_terms w CROSS JOIN LATERAL (
          SELECT id, owner, title FROM conversations c WHERE ${titleVector('c.')} @@ w.query OFFSET 0
        ) c
        WHERE c.owner = $1 AND ${titlePatterns('c.')} LIMIT ${maxIndexMatches}
      ), found AS (
        SELECT id FROM titled UNION SELECT conversation_id FROM matching UNION SELECT unnest($7::uuid[])
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
    ) m WHERE ${messagePatterns('m.')} AND ${messageVector('m.')} @@ (SELECT query FROM search_terms) LIMIT ${maxMatches}`;
  return {
    name,
    text: `
      WITH ${searchTerms}, listed AS MATERIALIZED (
        SELECT c.*, f.is_found FROM (SELECT * ${candidates}) c CROSS JOIN LATERAL (
          SELECT ${titlePatterns('c.')} AND ${titleVector('c.')} @@ (SELECT query FROM search_terms) OR EXISTS (${newestOf('c')}) AS is_found OFFSET 0
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
    WHERE ${messageVector('m.')} @@ to_tsquery('simple', $1)
    UNION ALL
    SELECT FROM conversations c
    WHERE ${titleVector('c.')} @@ to_tsquery('simple', $1)`,
};
