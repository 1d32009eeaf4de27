export { Audited } from './audited.js';
export {
  type AuditedRequest,
  type AuthObservations,
  AuthObserver,
  type FailedSignIns,
} from './auth-observer.js';
export { AuthGuard } from './auth.guard.js';
export { AuthModule } from './auth.module.js';
export { authDefaults, type AuthOptions } from './auth-options.js';
export { KeyRing, type NamedKey } from './keys/key-ring.js';
export { OperatorOnly } from './operator-only.js';
export { type Identity, isOperator, IsOperator, LOCAL_OWNER, Owner, identityOf, ownerOf } from './owner.js';
export { Public } from './public.js';
export { AllowedHosts, misdirectedRequest } from './browsers/allowed-hosts.js';
export { crossSiteRequest, isCrossSite } from './browsers/cross-site.js';
