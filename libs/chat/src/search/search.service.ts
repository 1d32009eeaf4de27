import { type Statement, SystemDatabase } from '#database';
import { Inject, Injectable } from '@nestjs/common';
import { notFound, page, type Page, type PageQuery } from '#problems';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { type ChatOptions } from '../options/chat-options.js';
import { type Conversation } from '../model/conversation.entity.js';
import { conversationView } from '../model/conversation.view.js';
import { type FoundConversation, type SnippetPart } from './found-conversation.js';
import { SearchLimits } from './search-limits.js';
import { searchQuery, type SearchQuery } from './search-query.js';
import { estimateMatches, fromIndex, fromNewest, hitBegin, hitEnd } from './search-statements.js';

/**
 * From this estimate on, the newest conversations are scanned first. For words without statistics PostgreSQL estimates that
 * one of 200 titles matches.
 */
const commonWordThreshold = 20_000;

interface Row extends Conversation, Record<string, unknown> {
  has_anchor: boolean;
  /** Whether all conversations were searched. */
  is_whole: boolean;
  /** False: only a part of it was searched, and that does not match. */
  is_found: boolean | null;
  title_snippet: string | null;
  message_ids: string[] | null;
  snippets: string[] | null;
}

/** Finds conversations by the words of their titles and messages. */
@Injectable()
export class Search {
  readonly #limits: SearchLimits;
  readonly #database: SystemDatabase;

  constructor(database: SystemDatabase, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    this.#database = database;
    this.#limits = new SearchLimits(options.search ?? {});
  }

  /**
   * Finds a page of conversations, newest activity first. The text has the syntax of `websearch_to_tsquery`; its last word
   * may be incomplete.
   *
   * Rare words are read from the index. For common words the index would return a large part of all messages, although only
   * the newest are shown, so the newest conversations are scanned. If those do not fill the page, the index is read up to
   * a limit: of common words that the newest conversations do not contain, not all matches are found.
   * @param client aborted when the client disconnects
   * @throws Problem 404 if `after` or `before` is not this owner's, and what {@link SearchLimits.run} throws
   */
  find(
    owner: string,
    text: string,
    query: PageQuery,
    client?: AbortSignal,
  ): Promise<Page<FoundConversation>> {
    return this.#limits.run(owner, client, (signal) => this.#find(owner, text, query, signal));
  }

  async #find(
    owner: string,
    text: string,
    query: PageQuery,
    signal: AbortSignal,
  ): Promise<Page<FoundConversation>> {
    const { limit, before } = query;
    const words = searchQuery(text);
    const rows = (await this.#areCommon(words, signal))
      ? await this.#findCommon(owner, words, query, signal)
      : await this.#fromIndex(owner, words, query, signal);
    const data = rows.slice(0, limit).map(foundConversation);
    return page(before === undefined ? data : data.reverse(), rows.length > limit);
  }

  async #findCommon(
    owner: string,
    words: SearchQuery,
    query: PageQuery,
    signal: AbortSignal,
  ): Promise<Row[]> {
    const { next, previous } = fromNewest;
    const rows = await this.#rows(query.before === undefined ? next : previous, owner, words, query, signal);
    const known = rows.filter(({ id, is_found }) => id !== null && is_found);
    if (isConclusive(rows, query.limit)) return known;
    return this.#fromIndex(owner, words, query, signal, known);
  }

  /** @param known rows that were found already, and that the index may not return */
  async #fromIndex(
    owner: string,
    words: SearchQuery,
    query: PageQuery,
    signal: AbortSignal,
    known: Row[] = [],
  ): Promise<Row[]> {
    const { next, previous } = fromIndex;
    const ids = known.map(({ id }) => id);
    const rows = await this.#rows(query.before === undefined ? next : previous, owner, words, query, signal, [
      ids,
    ]);
    const knownById = new Map(known.map((row) => [row.id, row]));
    return rows.filter(({ id }) => id !== null).map((row) => knownById.get(row.id) ?? row);
  }

  async #areCommon({ words, prefix }: SearchQuery, signal: AbortSignal): Promise<boolean> {
    const [row] = await this.#database.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      estimateMatches,
      [words, prefix],
      signal,
    );
    return row!['QUERY PLAN'][0].Plan['Plan Rows'] > commonWordThreshold;
  }

  async #rows(
    statement: Statement,
    owner: string,
    { words, prefix }: SearchQuery,
    { limit, after, before }: PageQuery,
    signal: AbortSignal,
    more: readonly unknown[] = [],
  ): Promise<Row[]> {
    const anchor = after ?? before;
    const values = [owner, words, prefix, anchor, limit + 1, ...more];
    const rows = await this.#database.query<Row>(statement, values, signal);
    if (rows[0]?.has_anchor === false) {
      throw notFound(before === undefined ? 'item to list after' : 'item to list before', anchor);
    }
    return rows;
  }
}

/** Whether the scan found every conversation that belongs on the page. */
function isConclusive(rows: readonly Row[], limit: number): boolean {
  return rows.every(({ is_found }) => is_found !== false) && (rows.length > limit || rows[0]!.is_whole);
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
  for (const piece of marked.split(hitBegin)) {
    const [hit, rest] = piece.includes(hitEnd) ? piece.split(hitEnd, 2) : ['', piece];
    if (hit) parts.push({ text: hit, hit: true });
    if (rest) parts.push({ text: rest.replace(/\s+/g, ' '), hit: false });
  }
  return parts;
}
