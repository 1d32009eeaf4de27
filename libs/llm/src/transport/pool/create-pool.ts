import { DedicatedPool } from './dedicated-pool.js';
import { rulesOf, type PoolContext } from '../dial/open-connection.js';
import { ConnectionPool } from './connection-pool.js';
import { type Pool } from './pool.js';

/** Creates the kind of pool that an endpoint's protocol needs; opens no connection yet. */
export function createPool(context: PoolContext): Pool {
  const { reuse, isForOneModel } = rulesOf(context.protocol);
  return reuse === 'pool' && !isForOneModel ? new ConnectionPool(context) : new DedicatedPool(context);
}
