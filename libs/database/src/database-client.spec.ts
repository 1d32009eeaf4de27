import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { DatabaseClient } from './database-client.js';

const message = (type: string, body: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body, 'latin1'));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
};
/** PostgreSQL's manual, "Message Formats": AuthenticationOk and ReadyForQuery, and a FATAL ErrorResponse. */
const ready = [message('R', '\0\0\0\0'), message('Z', 'I')];
const fatal = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');

/** Real: pg's pool and a socket. Mocked: the server, so that both messages arrive in one packet. */
describe('DatabaseClient', () => {
  it('does not end the process when the server closes a connection at the moment it becomes ready', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([...ready, fatal])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'me', Client: DatabaseClient });
    pool.on('error', () => undefined);

    const client = await pool.connect();
    await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|terminat/i);
    client.release(true);
    await pool.end();
    server.close();
  });
});
