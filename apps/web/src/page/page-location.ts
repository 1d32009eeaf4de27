import { Injectable, signal } from '@angular/core';
import { basePath } from './base-path';
import { formatAddress, parseAddress } from './page-address';

/** The address of the page, read from and written to the URL of the browser. */
@Injectable({ providedIn: 'root' })
export class PageLocation {
  readonly #base = basePath();
  readonly #address = signal(parseAddress(location, this.#base));
  readonly address = this.#address.asReadonly();

  constructor() {
    addEventListener('popstate', () => this.#address.set(parseAddress(location, this.#base)));
  }

  /** The path and hash that open a conversation, or a new one without an id. */
  urlOf(conversationId?: string, messageId?: string): string {
    return formatAddress(this.#base, conversationId, messageId);
  }

  /** Opens a conversation, or a new one without an id. Adds an entry to the browser's history if the URL changes. */
  navigate(conversationId?: string, messageId?: string): void {
    const url = this.urlOf(conversationId, messageId);
    if (url !== location.pathname + location.hash) history.pushState(null, '', url);
    this.#address.set({ conversationId, messageId });
  }

  /** Replaces the URL of a new conversation when the server has created the new conversation. */
  assignId(conversationId: string): void {
    history.replaceState(null, '', this.urlOf(conversationId));
    this.#address.set({ conversationId, messageId: undefined });
  }
}
