import { type NamedKey } from './key-ring.js';

/** Who may call. `none`: everybody, as the owner `local`. `keys`: who presents one of `keys`, as its name. */
export interface AuthOptions {
  mode: 'none' | 'keys';
  keys: readonly NamedKey[];
}
