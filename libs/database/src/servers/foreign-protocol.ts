import { type Socket } from 'node:net';
import type pg from 'pg';

/** The peer answered the first message in another protocol, such as HTTP. */
export class ForeignProtocolError extends Error {
  readonly code = 'foreign_protocol';
  readonly retryable = false;

  constructor() {
    super("what listens there does not speak PostgreSQL's protocol");
    this.name = new.target.name;
  }
}

/** The first byte of a server: a request for a password, an error, the version of the protocol, or a notice. */
const firstBytes = new Set('REvN');
/** The first byte of a server that was asked for TLS: yes, no, or an error. */
const firstBytesWithTls = new Set('SNE');

/**
 * Connects a client and recognizes a peer of another protocol, which pg would wait for until its timeout.
 * @throws ForeignProtocolError, or what `connect` throws
 */
export async function watchProtocol<Result>(
  client: pg.Client,
  connect: () => Promise<Result>,
): Promise<Result> {
  const { connection, ssl, sslNegotiation } = client as unknown as {
    connection: { stream: Socket };
    ssl: unknown;
    sslNegotiation: string;
  };
  // With direct negotiation, TLS itself recognizes a foreign peer.
  if (ssl && sslNegotiation === 'direct') return connect();
  const { stream } = connection;
  let foreign: ForeignProtocolError | undefined;
  stream.once('data', (bytes: Buffer) => {
    const first = String.fromCharCode(bytes[0] ?? 0);
    if ((ssl ? firstBytesWithTls : firstBytes).has(first)) return;
    foreign = new ForeignProtocolError();
    stream.destroy(foreign);
  });
  try {
    return await connect();
  } catch (error) {
    throw foreign ?? error;
  }
}
