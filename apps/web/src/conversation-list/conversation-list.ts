import { computed, inject, Injectable, signal } from '@angular/core';
import { type Conversation, type Page } from '@parley/client';
import { Server } from '../server/server';

const pageSize = 30;

/** The conversations as the sidebar shows them: newest activity first, or those that a search finds. */
@Injectable({ providedIn: 'root' })
export class ConversationList {
  readonly #server = inject(Server);
  readonly #all = signal<readonly Conversation[]>([]);
  readonly #hidden = signal<ReadonlySet<string>>(new Set());
  readonly #state = signal<'loading' | 'ready' | 'failed'>('loading');
  readonly #hasMore = signal(false);
  readonly #query = signal('');
  /** Of every conversation that was seen: a search does not make the open one forgotten. */
  readonly #titles = signal<ReadonlyMap<string | undefined, string>>(new Map());
  #loading = new AbortController();

  readonly items = computed(() => this.#all().filter(({ id }) => !this.#hidden().has(id)));
  readonly state = this.#state.asReadonly();
  readonly hasMore = this.#hasMore.asReadonly();
  /** What is searched for; empty: nothing. */
  readonly query = this.#query.asReadonly();

  /** As far as it is known; undefined for a conversation that has none, or is not in the list. */
  titleOf(id: string | undefined): string | undefined {
    return this.#titles().get(id);
  }

  /** From the top. */
  load(): Promise<void> {
    return this.#load();
  }

  search(words: string): Promise<void> {
    this.#query.set(words.trim());
    return this.#load();
  }

  /** The next page. */
  async more(): Promise<void> {
    if (this.#state() === 'ready' && this.#hasMore()) await this.#load(this.#all().at(-1)?.id);
  }

  /** Something happened in a conversation: it comes to the top, with its title of now. */
  async refresh(id: string): Promise<void> {
    if (this.#query() !== '') return;
    try {
      this.place(await this.#server.heed(this.#server.client.getConversation(id)));
    } catch {
      // It stands as it was; the next look at the list shows it.
    }
  }

  /** How a conversation is now, in its place in the list. */
  async look(id: string): Promise<void> {
    try {
      const now = await this.#server.heed(this.#server.client.getConversation(id));
      this.#learnTitles([now]);
      this.#all.update((all) => all.map((one) => (one.id === id ? { ...one, ...now } : one)));
    } catch {
      // It stands as it was; the next look at the list shows it.
    }
  }

  /** Learns the title of a conversation that may be far down the list. */
  async learn(id: string): Promise<void> {
    try {
      this.#learnTitles([await this.#server.client.getConversation(id)]);
    } catch {
      // Whoever opens it learns why.
    }
  }

  place(conversation: Conversation): void {
    this.#learnTitles([conversation]);
    this.#all.update((all) => [conversation, ...all.filter(({ id }) => id !== conversation.id)]);
  }

  /** @throws ProblemError, ConnectionError */
  async rename(id: string, title: string): Promise<void> {
    const renamed = await this.#server.heed(this.#server.client.updateConversation(id, { title }));
    this.#learnTitles([renamed]);
    this.#all.update((all) => all.map((one) => (one.id === id ? { ...one, title: renamed.title } : one)));
  }

  hide(id: string): void {
    this.#hidden.update((hidden) => new Set([...hidden, id]));
  }

  show(id: string): void {
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
      const page = await this.#server.heed(client.listConversations(query, { signal: loading.signal }));
      this.#show(page, after !== undefined);
    } catch {
      if (loading.signal.aborted) return;
      // What stands there was not found by these words.
      if (after === undefined && q !== undefined) this.#all.set([]);
      this.#state.set('failed');
    }
  }

  #show({ data, has_more }: Page<Conversation>, isNext: boolean): void {
    this.#learnTitles(data);
    const known = isNext ? this.#all() : [];
    const ids = new Set(known.map(({ id }) => id));
    this.#all.set([...known, ...data.filter(({ id }) => !ids.has(id))]);
    this.#hasMore.set(has_more);
    this.#state.set('ready');
  }

  #learnTitles(conversations: readonly Conversation[]): void {
    const learnt = conversations.flatMap(({ id, title }) => (title === null ? [] : [[id, title] as const]));
    this.#titles.update((titles) => new Map([...titles, ...learnt]));
  }
}
