import { Injectable, signal } from '@angular/core';
import { formatAddress, parseAddress } from './page-address';

/** The address of the page, read from and written to the URL of the browser. */
@Injectable({ providedIn: 'root' })
export class PageLocation {
  readonly #address = signal(parseAddress(location));
  readonly address = this.#address.asReadonly();

  constructor() {
    addEventListener('popstate', () => this.#address.set(parseAddress(location)));
  }

  /** Opens a conversation, or a new one without an id. Adds an entry to the browser's history if the URL changes. */
  navigate(conversationId?: string, messageId?: string): void {
    const url = formatAddress(conversationId, messageId);
    if (url !== location.pathname + location.hash) history.pushState(null, '', url);
    this.#address.set({ conversationId, messageId });
  }

  /** Replaces the URL `/` when the server has created the new conversation. */
  assignId(conversationId: string): void {
    history.replaceState(null, '', formatAddress(conversationId));
    this.#address.set({ conversationId, messageId: undefined });
  }
}
