/** One thing to do to a connection. */
export type Act =
  | { readonly kind: 'text'; readonly data: string }
  | { readonly kind: 'binary'; readonly data: Uint8Array }
  /** A text frame whose bytes may be no text at all. */
  | { readonly kind: 'text-bytes'; readonly data: Uint8Array }
  /** One text message in frames of one byte each. */
  | { readonly kind: 'fragments'; readonly data: string }
  /** Bytes on the TCP connection, past the WebSocket. */
  | { readonly kind: 'raw'; readonly data: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'cut'; readonly how: 'reset' | 'end' }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'down'; readonly forMs: number };
