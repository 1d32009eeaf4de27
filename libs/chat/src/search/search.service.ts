import { type Statement, SystemDatabase } from '#database';
import { Inject, Injectable } from '@nestjs/common';
import { notFound, page, type Page, type PageQuery } from '#problems';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { type ChatOptions } from '../options/chat-options.js';
import { type Conversation } from '../model/conversation.entity.js';
import { conversationView } from '../model/conversation.view.js';
import { type FoundConversation } from './found-conversation.js';
import { SearchLimits } from './search-limits.js';
import { searchQuery, type SearchQuery } from './search-query.js';
import { estimateMatches, fromIndex, fromNewest } from './search-statements.js';
import { SnippetMaker } from './snippet.js';

/**
 * From this estimate on, the newest conversations are scanned first. For words without statistics PostgreSQL estimates that
 * one of 200 titles matches.
 */
const commonWordThreshold = 20_000;
/** The same for phrases: each match of their words has to be read and divided into words again. */
const commonPhraseThreshold = 1_000;

interface Row extends Conversation, Record<string, unknown> {
  has_anchor: boolean;
  /** Whether all conversations were searched. */
  is_whole: boolean;
  /** False: only a part of it was searched, and that does not match. */
  is_found: boolean | null;
  /** Whether the title matches. */
  is_titled: boolean | null;
  message_ids: string[] | null;
  /** The matching messages, or the parts of long ones around their first match. */
  excerpts: string[] | null;
}

/** Most terms that are looked for in a long message, to find the part that is shown. */
const maxExcerptTerms = 16;

/** Finds conversations by the words of their titles and messages, and by parts of words. */
@Injectable()
export class Search {
  readonly #limits: SearchLimits;
  readonly #database: SystemDatabase;

  constructor(database: SystemDatabase, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    this.#database = database;
    this.#limits = new SearchLimits(options.search ?? {});
  }

  /**
   * Finds a page of conversations, newest activity first. {@link searchQuery} describes the text.
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
    const snippets = new SnippetMaker(words.terms);
    const rows = (await this.#areCommon(words, signal))
      ? await this.#findCommon(owner, words, query, signal)
      : await this.#fromIndex(owner, words, query, signal);
    const data = rows.slice(0, limit).map((row) => foundConversation(row, snippets));
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

  async #areCommon({ query }: SearchQuery, signal: AbortSignal): Promise<boolean> {
    const [row] = await this.#database.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      estimateMatches,
      [query],
      signal,
    );
    const threshold = query.includes('<->') ? commonPhraseThreshold : commonWordThreshold;
    return row!['QUERY PLAN'][0].Plan['Plan Rows'] > threshold;
  }

  async #rows(
    statement: Statement,
    owner: string,
    { query, patterns, terms }: SearchQuery,
    { limit, after, before }: PageQuery,
    signal: AbortSignal,
    more: readonly unknown[] = [],
  ): Promise<Row[]> {
    const anchor = after ?? before;
    const texts = terms.slice(0, maxExcerptTerms).map(({ text }) => text.toLowerCase());
    const values = [owner, query, patterns, anchor, limit + 1, texts, ...more];
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

function foundConversation(row: Row, snippets: SnippetMaker): FoundConversation {
  const title = row.is_titled ? [{ message_id: null, snippet: snippets.whole(row.title ?? '') }] : [];
  const messages = (row.message_ids ?? []).map((message_id, at) => ({
    message_id,
    snippet: snippets.around(row.excerpts![at]!),
  }));
  return { ...conversationView(row), matches: [...title, ...messages] };
}
