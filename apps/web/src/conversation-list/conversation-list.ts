import { computed, inject, Injectable, signal } from '@angular/core';
import { type Conversation, type Page } from '@parley/client';
import { Server } from '../server/server';

const pageSize = 30;

/** The conversations in the sidebar: newest activity first, or the results of a search. */
@Injectable({ providedIn: 'root' })
export class ConversationList {
  readonly #server = inject(Server);
  readonly #all = signal<readonly Conversation[]>([]);
  readonly #hidden = signal<ReadonlySet<string>>(new Set());
  readonly #state = signal<'loading' | 'ready' | 'failed'>('loading');
  readonly #hasMore = signal(false);
  readonly #query = signal('');
  /** Titles of all conversations seen so far, so that a search keeps the title of the open one. */
  readonly #titles = signal<ReadonlyMap<string | undefined, string>>(new Map());
  #loading = new AbortController();

  readonly items = computed(() => this.#all().filter(({ id }) => !this.#hidden().has(id)));
  readonly state = this.#state.asReadonly();
  readonly hasMore = this.#hasMore.asReadonly();
  /** The search query; empty if the list shows all conversations. */
  readonly query = this.#query.asReadonly();

  /** The title of a conversation; undefined if it has none, or was not loaded yet. */
  titleOf(id: string | undefined): string | undefined {
    return this.#titles().get(id);
  }

  /** Loads the first page. */
  load(): Promise<void> {
    return this.#load();
  }

  /** Shows the conversations that match a query; all of them if it is blank. */
  search(query: string): Promise<void> {
    this.#query.set(query.trim());
    return this.#load();
  }

  /** Loads the next page. Does nothing while a page is being loaded, and after the last page. */
  async loadMore(): Promise<void> {
    if (this.#state() === 'ready' && this.#hasMore()) await this.#load(this.#all().at(-1)?.id);
  }

  /** Reloads a conversation that had activity and moves it to the top. Search results keep their order. */
  async reloadAtTop(id: string): Promise<void> {
    if (this.#query() !== '') return;
    try {
      const conversation = await this.#server.track(this.#server.client.getConversation(id));
      this.#rememberTitles([conversation]);
      this.#all.update((all) => [conversation, ...all.filter((other) => other.id !== id)]);
    } catch {
      // The list keeps the old state until it is loaded again.
    }
  }

  /** Reloads a conversation without moving it. */
  async reloadInPlace(id: string): Promise<void> {
    try {
      const conversation = await this.#server.track(this.#server.client.getConversation(id));
      this.#rememberTitles([conversation]);
      this.#all.update((all) => all.map((one) => (one.id === id ? { ...one, ...conversation } : one)));
    } catch {
      // The list keeps the old state until it is loaded again.
    }
  }

  /** Loads the title of a conversation that may not be in the list. */
  async loadTitle(id: string): Promise<void> {
    try {
      this.#rememberTitles([await this.#server.client.getConversation(id)]);
    } catch {
      // Loading its messages fails as well and shows the error.
    }
  }

  /** @throws ProblemError, ConnectionError */
  async rename(id: string, title: string): Promise<void> {
    const renamed = await this.#server.track(this.#server.client.updateConversation(id, { title }));
    this.#rememberTitles([renamed]);
    this.#all.update((all) => all.map((one) => (one.id === id ? { ...one, title: renamed.title } : one)));
  }

  /** Hides a conversation whose deletion is pending. */
  hide(id: string): void {
    this.#hidden.update((hidden) => new Set([...hidden, id]));
  }

  /** Shows a hidden conversation again. */
  unhide(id: string): void {
    this.#hidden.update((hidden) => new Set([...hidden].filter((other) => other !== id)));
  }

  async #load(after?: string): Promise<void> {
    this.#loading.abort();
    const loading = (this.#loading = new AbortController());
    this.#state.set('loading');
    const q = this.#query() || undefined;
    const query = { limit: pageSize, ...(after && { after }), ...(q && { q }) };
    try {
      const { client } = this.#server;
      const page = await this.#server.track(client.listConversations(query, { signal: loading.signal }));
      this.#add(page, after !== undefined);
    } catch {
      if (loading.signal.aborted) return;
      // The conversations shown so far do not match the query.
      if (after === undefined && q !== undefined) this.#all.set([]);
      this.#state.set('failed');
    }
  }

  #add({ data, has_more }: Page<Conversation>, isNextPage: boolean): void {
    this.#rememberTitles(data);
    const known = isNextPage ? this.#all() : [];
    const ids = new Set(known.map(({ id }) => id));
    this.#all.set([...known, ...data.filter(({ id }) => !ids.has(id))]);
    this.#hasMore.set(has_more);
    this.#state.set('ready');
  }

  #rememberTitles(conversations: readonly Conversation[]): void {
    const titles = conversations.flatMap(({ id, title }) => (title === null ? [] : [[id, title] as const]));
    this.#titles.update((known) => new Map([...known, ...titles]));
  }
}
