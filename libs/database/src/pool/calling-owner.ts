import { type Owner } from '#fairness';
import { AsyncLocalStorage } from 'node:async_hooks';

/** Each asynchronous call chain has its own owner. */
const owners = new AsyncLocalStorage<Owner>();

/**
 * Runs `work` on behalf of an owner: every connection that it acquires from the pool, also through TypeORM, counts toward
 * the owner's share. Applies to everything that `work` starts and awaits.
 * @param owner undefined: the process itself, which has no bound
 */
export function runAs<Result>(owner: Owner, work: () => Result): Result {
  return owners.run(owner, work);
}

/** The owner of the current asynchronous call chain; undefined for the process itself. */
export function callingOwner(): Owner {
  return owners.getStore();
}
