import { Injectable, signal } from '@angular/core';

export interface Place {
  /** Undefined: a new conversation. */
  conversationId: string | undefined;
  /** To be brought into view. */
  messageId: string | undefined;
}

/** Where the page is: `/` for a new conversation, `/c/ID` for one that there is, `/c/ID#MESSAGE` in it. */
@Injectable({ providedIn: 'root' })
export class Route {
  readonly #place = signal(readPlace());
  readonly place = this.#place.asReadonly();

  constructor() {
    addEventListener('popstate', () => this.#place.set(readPlace()));
  }

  go(conversationId?: string, messageId?: string): void {
    const path = conversationId === undefined ? '/' : `/c/${conversationId}`;
    const url = messageId === undefined ? path : `${path}#${messageId}`;
    if (url !== location.pathname + location.hash) history.pushState(null, '', url);
    this.#place.set({ conversationId, messageId });
  }

  /** A new conversation has got its id: the same place under another address. */
  name(conversationId: string): void {
    history.replaceState(null, '', `/c/${conversationId}`);
    this.#place.set({ conversationId, messageId: undefined });
  }
}

function readPlace(): Place {
  const conversationId = /^\/c\/([^/]+)$/.exec(location.pathname)?.[1];
  return { conversationId, messageId: location.hash.slice(1) || undefined };
}
