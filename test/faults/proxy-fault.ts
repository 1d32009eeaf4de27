/** What a `FaultProxy` does to the bytes from the server behind it. */
export type ProxyFault = {
  /** The number of bytes of a connection that pass before the fault. A handshake response has {@link handshakeBytes}. */
  afterBytes?: number;
} & (
  | { kind: 'pass' }
  /** Nothing listens: ECONNREFUSED. */
  | { kind: 'refuse' }
  /** RST to the client. */
  | { kind: 'reset' }
  /** FIN to the client before the end of the data. */
  | { kind: 'truncate' }
  /** The connection to the server is closed without notice to the client, and the client's FIN is not answered. */
  | { kind: 'half_open' }
  /** Both sides stay connected, but nothing passes in either direction. */
  | { kind: 'blackhole' }
  /** One byte every `byteMs`. */
  | { kind: 'drip'; byteMs: number }
  | { kind: 'bandwidth'; bytesPerSecond: number }
  /** TCP segments of 1 to 3 bytes. */
  | { kind: 'slice' }
  /** Every byte is delayed by `ms`. */
  | { kind: 'latency'; ms: number }
);

/** The length of the handshake response of a `ws` server. */
export const handshakeBytes = 129;

/**
 * How an open connection is lost without notice: no bytes pass any more (`silent`), or the other side no longer knows it and
 * answers the next byte with RST (`forgotten`).
 */
export type ConnectionLoss = 'silent' | 'forgotten';
