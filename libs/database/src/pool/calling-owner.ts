import { type Owner } from '#fairness';
import { AsyncLocalStorage } from 'node:async_hooks';

/** Holds nothing itself: each chain of calls has its own owner. */
const owners = new AsyncLocalStorage<Owner>();

/**
 * Runs work on behalf of an owner: every connection that it takes from the pool, also through TypeORM, counts as that
 * owner's. Holds for everything that `work` starts and awaits.
 * @param owner undefined: work of the process itself, which has no bound of its own
 */
export function runAs<Result>(owner: Owner, work: () => Result): Result {
  return owners.run(owner, work);
}

/** On whose behalf the caller runs. */
export function callingOwner(): Owner {
  return owners.getStore();
}
