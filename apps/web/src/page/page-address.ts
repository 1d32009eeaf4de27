/** What the URL of the page says to show, below its base path: ``, `c/CONVERSATION` or `c/CONVERSATION#MESSAGE`. */
export interface PageAddress {
  /** Undefined for a new conversation. */
  conversationId: string | undefined;
  /** The message to scroll to. */
  messageId: string | undefined;
}

/** Reads an address. Any path other than `c/ID` below the base path is a new conversation. */
export function parseAddress(
  { pathname, hash }: Pick<Location, 'pathname' | 'hash'>,
  base: string,
): PageAddress {
  const path = pathname.startsWith(base) ? pathname.slice(base.length) : '';
  const conversationId = /^c\/([^/]+)$/.exec(path)?.[1];
  return { conversationId, messageId: hash.slice(1) || undefined };
}

/** The path and hash of an address. A message without a conversation is ignored. */
export function formatAddress(base: string, conversationId?: string, messageId?: string): string {
  if (conversationId === undefined) return base;
  return `${base}c/${conversationId}${messageId === undefined ? '' : `#${messageId}`}`;
}
