import { type NamedKey } from './keys/key-ring.js';

/** Who may call. */
export interface AuthOptions {
  /** `none`: every caller, as the owner `local`. `keys`: callers that present one of `keys` or `operatorKeys`. */
  mode: 'none' | 'keys';
  /** Keys of owners. */
  keys: readonly NamedKey[];
  /** Keys of operators. Each is an owner's key as well. Left out: none. */
  operatorKeys?: readonly NamedKey[];
  /** Most connections of one client address without a valid key; see {@link authDefaults}. */
  anonymousConnections?: number;
  /** Most connections without a valid key of all addresses. Left out, or more than that: 16 × `anonymousConnections`. */
  allAnonymousConnections?: number;
  /** Most failed sign-ins of one client address in a minute before further ones get 429; see {@link authDefaults}. */
  failedSignIns?: number;
  /** Whether a peer is a reverse proxy, whose connections are those of many clients. Left out: none is. */
  trustsPeer?: (address: string) => boolean;
}

/** The defaults of {@link AuthOptions}, and bounds that have no option. */
export const authDefaults = {
  anonymousConnections: 64,
  failedSignIns: 30,
  /** Most connections without a valid key of all addresses, as a multiple of `anonymousConnections`. */
  anonymousAddresses: 16,
  /** Most client addresses whose failed sign-ins are counted. The oldest is dropped for a new one. */
  trackedAddresses: 10_000,
} as const;
