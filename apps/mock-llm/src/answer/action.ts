/** One action on a connection. */
export type Action =
  | { readonly kind: 'text'; readonly data: string }
  | { readonly kind: 'binary'; readonly data: Uint8Array }
  /** A text frame whose bytes may be invalid UTF-8. */
  | { readonly kind: 'text-bytes'; readonly data: Uint8Array }
  /** One text message in frames of one byte each. */
  | { readonly kind: 'fragments'; readonly data: string }
  /** Raw bytes on the TCP connection, without WebSocket framing. */
  | { readonly kind: 'raw'; readonly data: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'cut'; readonly how: 'reset' | 'end' }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'down'; readonly forMs: number }
  /** Further actions after a delay in ms; dropped if the connection has ended by then. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly actions: readonly Action[] };

/** Delays actions. @param afterMs delay in milliseconds; 0: none */
export function delayed(afterMs: number, actions: readonly Action[]): readonly Action[] {
  return afterMs === 0 || actions.length === 0 ? actions : [{ kind: 'later', afterMs, actions }];
}
