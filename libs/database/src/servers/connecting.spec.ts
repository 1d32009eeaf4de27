import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmptyDatabase, freePort, testCertificate, type TestDatabase, TlsProxy } from '#testing';
import { createClient } from '../create-client.js';
import { serversOf } from '../data-source-options.js';
import { isLastingRefusal } from './lasting-refusal.js';

/** Real: PostgreSQL, TLS. Logs in and runs a statement. */
describe('connecting to PostgreSQL', () => {
  let database: TestDatabase;
  let folder: string;
  let authority: string;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    folder = await mkdtemp(join(tmpdir(), 'parley-ca-'));
    authority = join(folder, 'ca.crt');
    await writeFile(authority, testCertificate);
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const connect = async (url: string): Promise<void> => {
    const servers = serversOf({ url, connectTimeoutMs: 4_000 });
    const client = createClient({ servers, applicationName: 'spec', connectTimeoutMs: 4_000 });
    try {
      await client.connect();
      await client.query('SELECT 1');
    } finally {
      await client.end();
    }
  };
  const refusal = async (url: string): Promise<Error> => {
    const error = await connect(url).then(
      () => undefined,
      (failure: Error) => failure,
    );
    expect(error).toMatchObject({ code: 'database_unavailable' });
    return error!;
  };

  it.each([
    ['', false],
    ['?sslmode=disable', false],
    ['?sslmode=allow', true],
    ['?sslmode=prefer', true],
    ['?sslmode=require', true],
    ['?sslmode=no-verify', true],
    ['?sslmode=require&sslrootcert=CA', true],
    ['?sslmode=verify-ca&sslrootcert=CA', true],
    ['?sslmode=verify-full&sslrootcert=CA', true],
  ])('uses TLS as libpq does: %s', async (query, usesTls) => {
    await using proxy = await TlsProxy.to(database.url);
    await connect(proxy.url(query.replace('CA', authority)));
    expect(proxy.usedTls.at(-1)).toBe(usesTls);
  });

  it('continues without TLS only with sslmode=prefer and allow', async () => {
    await using proxy = await TlsProxy.to(database.url, { hasTls: false });
    await connect(proxy.url('?sslmode=prefer'));
    await connect(proxy.url('?sslmode=allow'));
    expect(proxy.usedTls).not.toContain(true);
    expect(isLastingRefusal(await refusal(proxy.url('?sslmode=require')))).toBe(true);
  });

  it('refuses a certificate of an unknown authority', async () => {
    await using proxy = await TlsProxy.to(database.url);
    const error = await refusal(proxy.url('?sslmode=verify-full'));
    expect(error.cause).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(isLastingRefusal(error)).toBe(true);
  });

  it('recognizes a port that speaks another protocol', async () => {
    const http = createHttpServer().listen(0, '127.0.0.1');
    const ssh = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n'));
    ssh.listen(0, '127.0.0.1');
    try {
      for (const server of [http, ssh]) {
        if (!server.listening) await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const error = await refusal(`postgres://ann@127.0.0.1:${port}/parley`);
        expect(error.cause).toMatchObject({ code: 'foreign_protocol' });
        expect(isLastingRefusal(error)).toBe(true);
      }
    } finally {
      http.close();
      ssh.close();
    }
  });

  it('retries an outage, and not a refusal that only the operator can end', async () => {
    const { host } = new URL(database.url);
    expect(isLastingRefusal(await refusal('postgres://ann@127.0.0.1:1/parley'))).toBe(false);
    const refusals = await Promise.all([
      refusal(`${database.url}_is_missing`),
      refusal(`postgres://role_is_missing:x@${host}/parley`),
    ]);
    expect(refusals.map(isLastingRefusal)).toEqual([true, true]);
  });

  it('connects to the server that works among several', async () => {
    const { username, password, host, pathname } = new URL(database.url);
    const account = `${username}:${password}`;
    const closed = await freePort();
    await connect(`postgres://${account}@127.0.0.1:${closed},${host}${pathname}`);
    const error = await refusal(`postgres://${account}@127.0.0.1:${closed},127.0.0.1:${closed}${pathname}`);
    expect(error.cause).toMatchObject({ code: '25006' });
  });
});
