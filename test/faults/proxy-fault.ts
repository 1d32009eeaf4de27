/** What a {@link FaultProxy} does to the bytes from the server behind it. */
export type ProxyFault = {
  /** So many bytes of a connection pass unharmed first. The answer to a WebSocket handshake is {@link handshakeBytes}. */
  afterBytes?: number;
} & (
  | { kind: 'pass' }
  /** Nothing listens: ECONNREFUSED. */
  | { kind: 'refuse' }
  /** RST to the client. */
  | { kind: 'reset' }
  /** FIN to the client, whatever is still to come. */
  | { kind: 'truncate' }
  /** The server is gone and the client is not told; its own FIN is not answered. */
  | { kind: 'half_open' }
  /** Both sides stay connected, and nothing passes in either direction. */
  | { kind: 'blackhole' }
  /** One byte every so many ms. */
  | { kind: 'drip'; byteMs: number }
  | { kind: 'bandwidth'; bytesPerSecond: number }
  /** TCP segments of 1 to 3 bytes. */
  | { kind: 'slice' }
  /** Every byte comes so much later. */
  | { kind: 'latency'; ms: number }
);

/** Length of the answer of a `ws` server to a WebSocket handshake. */
export const handshakeBytes = 129;

/**
 * How an open connection dies without its client being told: nothing passes any more (`silent`), or the other side knows
 * nothing of it and answers the next byte with RST (`forgotten`).
 */
export type Death = 'silent' | 'forgotten';
