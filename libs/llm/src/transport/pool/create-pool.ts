import { DedicatedPool } from './dedicated-pool.js';
import { rulesOf, type PoolContext } from '../dial/open-connection.js';
import { ConnectionPool } from './connection-pool.js';
import { type Pool } from './pool.js';

/** The pool that an endpoint's protocol needs; nothing is connected yet. */
export function createPool(context: PoolContext): Pool {
  const { reuse, isForOneModel } = rulesOf(context.protocol);
  return reuse === 'pool' && !isForOneModel ? new ConnectionPool(context) : new DedicatedPool(context);
}
