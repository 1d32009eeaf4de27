/** Allows a stream to hold one connection. */
export interface ConnectionPermit {
  /** Aborts when the stream has to close the connection. It continues with its next permit, where it stopped. */
  revoked: AbortSignal;
  /** Called when the connection is closed. May be called again. */
  release: () => void;
}

/**
 * Decides when a stream may hold a connection: browsers open only six HTTP/1.1 connections to a server, for all tabs together.
 */
export interface ConnectionGate {
  /** Waits until the stream may open a connection. @throws the reason of an aborted signal */
  acquire: (signal: AbortSignal) => Promise<ConnectionPermit>;
}

/** Lets each stream hold a connection as long as it needs. */
export const openGate: ConnectionGate = {
  acquire: () => Promise.resolve({ revoked: new AbortController().signal, release: () => undefined }),
};
