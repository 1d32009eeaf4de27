import { hash, timingSafeEqual } from 'node:crypto';

/** An API key and the name of its owner. */
export interface NamedKey {
  name: string;
  key: string;
}

/**
 * Knows API keys by their SHA-256 hashes alone: neither memory dumps nor logs of a ring show a key.
 * Keys are long and random, so a slow password hash would add nothing but load.
 */
export class KeyRing {
  private readonly entries: readonly { owner: string; digest: Buffer }[];

  constructor(keys: readonly NamedKey[]) {
    this.entries = keys.map(({ name, key }) => ({ owner: name, digest: digestOf(key) }));
  }

  /**
   * The owner of a key, or undefined for an unknown one. Compares with every key of the ring, each in constant time, so
   * that the time taken tells neither which key matched nor how much of it.
   */
  ownerOf(key: string): string | undefined {
    const digest = digestOf(key);
    let owner: string | undefined;
    for (const entry of this.entries) {
      if (timingSafeEqual(entry.digest, digest)) owner = entry.owner;
    }
    return owner;
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
