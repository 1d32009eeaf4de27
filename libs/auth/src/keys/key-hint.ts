import { hash } from 'node:crypto';

/** What a log may show of a key: enough to compare with a known key, too little to guess one. */
export interface KeyHint {
  /** The first characters: at most 4, and at most a quarter of the key. */
  keyPrefix: string;
  /** The first 32 bits of its SHA-256 in hexadecimal. An unknown key may be a known one with a typing error. */
  keyHash: string;
}

/** The hint for a presented key. Characters outside of printable ASCII become `?`. */
export function keyHint(key: string): KeyHint {
  return {
    keyPrefix: key.slice(0, Math.min(4, Math.floor(key.length / 4))).replace(/[^\x21-\x7e]/g, '?'),
    keyHash: hash('sha256', key).slice(0, 8),
  };
}
