import { type Owner } from '#fairness';
import { AsyncLocalStorage } from 'node:async_hooks';

/** Not shared state: each chain of calls has its own owner. */
const owners = new AsyncLocalStorage<Owner>();

/**
 * Runs work on behalf of an owner: every connection that it takes from the pool, also through TypeORM, counts as that
 * owner's. Holds for everything that `work` starts and awaits.
 * @param owner undefined: work of the process itself, which has no share
 */
export function runAs<Result>(owner: Owner, work: () => Result): Result {
  return owners.run(owner, work);
}

/** The owner that the current chain of calls runs for. */
export function callingOwner(): Owner {
  return owners.getStore();
}
