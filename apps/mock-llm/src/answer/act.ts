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
  | { readonly kind: 'down'; readonly forMs: number }
  /** Delay after its turn, in ms; not done if the connection has ended by then. */
  | { readonly kind: 'later'; readonly afterMs: number; readonly acts: readonly Act[] };

/** The same acts, so many milliseconds after their turn. */
export function later(afterMs: number, acts: readonly Act[]): readonly Act[] {
  return afterMs === 0 || acts.length === 0 ? acts : [{ kind: 'later', afterMs, acts }];
}
