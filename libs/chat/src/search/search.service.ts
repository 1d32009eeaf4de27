import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { notFound, page, type Page, type PageQuery } from '#problems';
import { type Conversation } from '../conversations/conversation.entity.js';
import { conversationView } from '../conversations/conversation.view.js';
import { type FoundConversation, type SnippetPart } from './found-conversation.js';
import { searchQuery } from './search-query.js';
import { messageVector, searchedChars, titleVector } from './vectors.js';

/** Around a hit in a snippet; texts lose these characters before they are searched for hits. */
const [begin, end] = ['\u0002', '\u0003'];
const headline = `StartSel=${begin}, StopSel=${end}, MaxWords=30, MinWords=10`;
/** Messages of one conversation that are shown at most. */
const maxMatches = 3;

function search(name: string, isBackwards: boolean): Statement {
  const order = isBackwards ? 'ASC' : 'DESC';
  const plain = (text: string): string => `translate(${text}, '${begin}${end}', '')`;
  return {
    name,
    text: `
      WITH wanted AS MATERIALIZED (
        SELECT websearch_to_tsquery('simple', $2) && to_tsquery('simple', $3) AS query
      ), place AS MATERIALIZED (
        SELECT updated_at, id FROM conversations WHERE id = $4 AND owner = $1
      ), found AS (
        SELECT c.id FROM conversations c CROSS JOIN wanted w
        WHERE c.owner = $1 AND ${titleVector('c.')} @@ w.query
        UNION
        SELECT m.conversation_id FROM messages m CROSS JOIN wanted w WHERE ${messageVector('m.')} @@ w.query
      ), listed AS MATERIALIZED (
        SELECT c.* FROM found f JOIN conversations c ON c.id = f.id AND c.owner = $1
        WHERE $4::uuid IS NULL
          OR (c.updated_at, c.id) ${isBackwards ? '>' : '<'} (SELECT updated_at, id FROM place)
        ORDER BY c.updated_at ${order}, c.id ${order} LIMIT $5
      )
      SELECT $4::uuid IS NULL OR EXISTS (SELECT FROM place) AS has_anchor, l.*,
        CASE WHEN ${titleVector('l.')} @@ w.query
          THEN ts_headline('simple', ${plain('l.title')}, w.query, '${headline}, HighlightAll=true') END AS title_snippet,
        matches.ids AS message_ids, matches.snippets
      FROM wanted w LEFT JOIN listed l ON true
      LEFT JOIN LATERAL (
        SELECT array_agg(m.id ORDER BY m.seq) AS ids,
          array_agg(ts_headline('simple', ${plain(`left(m.content, ${searchedChars})`)}, w.query, '${headline}') ORDER BY m.seq)
            AS snippets
        FROM (
          SELECT id, seq, content FROM messages m
          WHERE m.conversation_id = l.id AND ${messageVector('m.')} @@ w.query
          ORDER BY m.seq LIMIT ${maxMatches}
        ) m
      ) matches ON true
      ORDER BY l.updated_at ${order}, l.id ${order}`,
  };
}

const searchNext = search('search_conversations', false);
const searchPrevious = search('search_conversations_before', true);

interface Row extends Conversation, Record<string, unknown> {
  has_anchor: boolean;
  title_snippet: string | null;
  message_ids: string[] | null;
  snippets: string[] | null;
}

/** Finds conversations by the words of their titles and messages. */
@Injectable()
export class Search {
  constructor(private readonly database: Database) {}

  /**
   * A page of what is found, newest activity first: all of the words, "words in a row", -words that must not be there, OR;
   * the last word may be only begun.
   * @throws Problem 404 for an anchor that is not this owner's
   */
  async find(
    owner: string,
    text: string,
    { limit, after, before }: PageQuery,
  ): Promise<Page<FoundConversation>> {
    const { rest, begun } = searchQuery(text);
    const isBackwards = before !== undefined;
    const anchor = after ?? before;
    const rows = await this.database.query<Row>(isBackwards ? searchPrevious : searchNext, [
      owner,
      rest,
      begun,
      anchor,
      limit + 1,
    ]);
    if (rows[0]?.has_anchor === false) {
      throw notFound(isBackwards ? 'item to list before' : 'item to list after', anchor);
    }
    const found = rows.filter(({ id }) => id !== null);
    const data = found.slice(0, limit).map(foundConversation);
    return page(isBackwards ? data.reverse() : data, found.length > limit);
  }
}

function foundConversation(row: Row): FoundConversation {
  const title =
    row.title_snippet === null ? [] : [{ message_id: null, snippet: snippetOf(row.title_snippet) }];
  const messages = (row.message_ids ?? []).map((message_id, at) => ({
    message_id,
    snippet: snippetOf(row.snippets![at]!),
  }));
  return { ...conversationView(row), matches: [...title, ...messages] };
}

function snippetOf(marked: string): SnippetPart[] {
  const parts: SnippetPart[] = [];
  for (const piece of marked.split(begin)) {
    const [hit, rest] = piece.includes(end) ? piece.split(end, 2) : ['', piece];
    if (hit) parts.push({ text: hit, hit: true });
    if (rest) parts.push({ text: rest.replace(/\s+/g, ' '), hit: false });
  }
  return parts;
}
