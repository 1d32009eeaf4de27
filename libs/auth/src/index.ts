export { AuthGuard } from './auth.guard.js';
export { AuthModule } from './auth.module.js';
export { type AuthOptions } from './auth.options.js';
export { KeyRing, type NamedKey } from './key-ring.js';
export { LOCAL_OWNER, Owner, ownerOf } from './owner.js';
export { Public } from './public.js';
