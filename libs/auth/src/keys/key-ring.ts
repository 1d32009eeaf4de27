import { hash, timingSafeEqual } from 'node:crypto';
import { type Identity } from '../owner.js';

/** An API key and the name of its owner. */
export interface NamedKey {
  name: string;
  key: string;
}

/**
 * Finds the identity of an API key. Stores only SHA-256 hashes, so that neither memory dumps nor logs contain a key. Keys
 * are long and random, so a slow password hash is not needed.
 */
export class KeyRing {
  readonly #entries: readonly { identity: Identity; digest: Buffer }[];

  /** @param operatorKeys a key that is also in `keys` makes its owner an operator */
  constructor(keys: readonly NamedKey[], operatorKeys: readonly NamedKey[] = []) {
    const isOperator = (key: string) => operatorKeys.some((operator) => operator.key === key);
    const others = operatorKeys.filter(({ key }) => !keys.some((known) => known.key === key));
    this.#entries = [...keys, ...others].map(({ name, key }) => ({
      identity: { owner: name, isOperator: isOperator(key) },
      digest: digestOf(key),
    }));
  }

  /**
   * The identity of a key; undefined for an unknown key. Compares with every stored key in constant time, so that the
   * duration reveals neither which key matched nor how much of it.
   */
  find(key: string): Identity | undefined {
    const digest = digestOf(key);
    let identity: Identity | undefined;
    for (const entry of this.#entries) {
      if (timingSafeEqual(entry.digest, digest)) identity = entry.identity;
    }
    return identity;
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
