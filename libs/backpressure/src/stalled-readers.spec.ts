import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parseSendQueues } from './send-queues.js';
import { StalledReaders } from './stalled-readers.js';

const stallMs = 30_000;
/** More than the kernel's buffers hold. */
const large = Buffer.alloc(32 * 1024 * 1024);

/** Real: sockets. Replaced: the clock and the kernel's send queues. */
describe('StalledReaders', () => {
  let server: Server;
  let readers: StalledReaders;
  let now = 0;
  let queued: number | undefined;
  const clients: Socket[] = [];

  beforeEach(async () => {
    server = createServer();
    const readQueues = async (): Promise<Map<string, number>> => {
      const { remotePort, localPort } = accepted;
      return new Map(queued === undefined ? [] : [[`${localPort}:${remotePort}`, queued]]);
    };
    readers = new StalledReaders(server, { stallMs, now: () => now, readQueues });
    queued = undefined;
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  let accepted: Socket;
  /** A connection whose client reads nothing. */
  const open = async (): Promise<Socket> => {
    const { port } = server.address() as { port: number };
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(port, '127.0.0.1').pause();
    clients.push(client.on('error', () => undefined));
    [accepted] = await connected;
    accepted.on('error', () => undefined);
    return accepted;
  };
  const checkAfter = async (ms: number): Promise<void> => {
    now += ms;
    await readers.check();
  };

  it('closes the connection of a reader that reads nothing for stallMs', async () => {
    const socket = await open();
    socket.write(large);
    await checkAfter(0);
    for (const part of [0.5, 0.4]) await checkAfter(part * stallMs);
    expect(socket.destroyed).toBe(false);
    await checkAfter(0.2 * stallMs);
    expect(socket.destroyed).toBe(true);
    await once(socket, 'close');
    expect(readers.connections).toBe(0);
  });

  it('keeps a connection without waiting bytes', async () => {
    const socket = await open();
    for (let count = 0; count < 5; count += 1) await checkAfter(stallMs);
    socket.write('a heartbeat that the kernel accepts');
    await new Promise(setImmediate);
    for (let count = 0; count < 5; count += 1) await checkAfter(stallMs);
    expect(socket.destroyed).toBe(false);
  });

  it('keeps a slow reader, whose send queue shrinks', async () => {
    const socket = await open();
    socket.write(large);
    for (let count = 0; count < 20; count += 1) {
      queued = 1_000_000 - count;
      await checkAfter(0.4 * stallMs);
    }
    expect(socket.destroyed).toBe(false);
    for (let count = 0; count < 3; count += 1) await checkAfter(0.5 * stallMs);
    expect(socket.destroyed).toBe(true);
  });
});

describe('parseSendQueues', () => {
  it('reads the send queues from the tables of Linux', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C3A4 01 000A0001:00000000 01:00000014 00000000     0        0 2 2 0 20 4 30 10 -1`;
    expect([...parseSendQueues(table)]).toEqual([
      ['8080:0', 0],
      ['8080:50084', 0xa0001],
    ]);
  });

  it('ignores other lines', () => {
    expect([...parseSendQueues('\n\n a b c')]).toEqual([]);
  });
});
