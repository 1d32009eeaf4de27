/** What the URL of the page says to show: `/`, `/c/CONVERSATION` or `/c/CONVERSATION#MESSAGE`. */
export interface PageAddress {
  /** Undefined for a new conversation. */
  conversationId: string | undefined;
  /** The message to scroll to. */
  messageId: string | undefined;
}

/** Reads an address. Any path other than `/c/ID` is a new conversation. */
export function parseAddress({ pathname, hash }: Pick<Location, 'pathname' | 'hash'>): PageAddress {
  const conversationId = /^\/c\/([^/]+)$/.exec(pathname)?.[1];
  return { conversationId, messageId: hash.slice(1) || undefined };
}

/** The path and hash of an address. A message without a conversation is ignored. */
export function formatAddress(conversationId?: string, messageId?: string): string {
  if (conversationId === undefined) return '/';
  return messageId === undefined ? `/c/${conversationId}` : `/c/${conversationId}#${messageId}`;
}
