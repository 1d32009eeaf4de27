import { type NamedKey } from './keys/key-ring.js';

/** Options of `AuthModule`. */
export interface AuthOptions {
  /** `none`: every caller, as the owner `local`. `keys`: callers that present one of `keys` or `operatorKeys`. */
  mode: 'none' | 'keys';
  /** Keys of owners. */
  keys: readonly NamedKey[];
  /** Keys of operators, each of which is also the key of an owner. Default: none. */
  operatorKeys?: readonly NamedKey[];
  /** Upper bound of connections without a valid key per client address. Default 64. */
  anonymousConnections?: number;
  /** Upper bound of connections without a valid key in total. Default and upper limit: 16 × `anonymousConnections`. */
  allAnonymousConnections?: number;
  /** Failed sign-ins per client address and minute before further ones get 429. Default 30. */
  failedSignIns?: number;
  /** Whether an address is a reverse proxy, whose connections carry many clients and are not bounded. Default: none is. */
  trustsPeer?: (address: string) => boolean;
}

/** Defaults of {@link AuthOptions}, and bounds without an option. */
export const authDefaults = {
  anonymousConnections: 64,
  failedSignIns: 30,
  /** Upper bound of connections without a valid key in total, as a multiple of `anonymousConnections`. */
  anonymousAddresses: 16,
  /** Upper bound of client addresses whose failed sign-ins are counted; a new one replaces the oldest. */
  trackedAddresses: 10_000,
} as const;
