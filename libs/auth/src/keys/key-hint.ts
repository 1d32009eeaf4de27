import { hash } from 'node:crypto';

/** The part of a key that a log may contain: enough to compare with a known key, too little to guess it. */
export interface KeyHint {
  /** The first characters: at most 4, and at most a quarter of the key. */
  keyPrefix: string;
  /** The first 32 bits of its SHA-256 in hexadecimal. No more, as an unknown key may be a valid one with a typing error. */
  keyHash: string;
}

/** Returns the hint for a key. Characters outside of printable ASCII become `?`. */
export function keyHint(key: string): KeyHint {
  return {
    keyPrefix: key.slice(0, Math.min(4, Math.floor(key.length / 4))).replace(/[^\x21-\x7e]/g, '?'),
    keyHash: hash('sha256', key).slice(0, 8),
  };
}
