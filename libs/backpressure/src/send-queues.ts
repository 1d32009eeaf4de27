import { readFile } from 'node:fs/promises';

/** Where Linux lists the TCP connections of its network namespace (proc_net_tcp(5)). */
const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * Identifies a connection by its ports. Two connections with the same ports are counted together, which only delays
 * closing them.
 */
export function portsOf(localPort: number, remotePort: number): string {
  return `${localPort}:${remotePort}`;
}

/**
 * Reads the bytes in the kernel's send queue of every TCP connection: not sent, or not acknowledged by the reader. Empty
 * where the system does not provide them. They distinguish a slow reader from a stalled one, as the kernel accepts no
 * further bytes until a third of a queue that may hold megabytes is free.
 * @returns bytes by {@link portsOf}
 */
export async function readSendQueues(): Promise<Map<string, number>> {
  const texts = await Promise.all(tables.map((path) => readFile(path, 'latin1').catch(() => '')));
  return parseSendQueues(texts.join('\n'));
}

/** Parses the lines of these tables; ignores other lines. */
export function parseSendQueues(text: string): Map<string, number> {
  const queues = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, local = '', remote = '', , queue = ''] = line.trim().split(/\s+/, 5);
    const ports = portsOf(portOf(local), portOf(remote));
    const bytes = parseInt(queue, 16);
    if (queue.includes(':') && !Number.isNaN(bytes)) queues.set(ports, (queues.get(ports) ?? 0) + bytes);
  }
  return queues;
}

function portOf(address: string): number {
  return parseInt(address.slice(address.indexOf(':') + 1), 16);
}
