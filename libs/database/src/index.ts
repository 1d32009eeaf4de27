export { DatabaseModule } from './database.module.js';
export { Database } from './database.js';
export { type Statement, type StatementRunner, type Transaction } from './statement.js';
export { OwnerDatabase } from './owner-database.js';
export { SystemDatabase } from './system-database.js';
export {
  currentOwner,
  type RowPolicy,
  type RowSecurityState,
  removeRowSecurity,
  rowSecurityState,
  enableRowSecurity,
  updateRowSecurityRoles,
} from './row-security.js';
export { databaseDefaults, type DatabaseOptions, timeoutsWithin } from './database-options.js';
export {
  dataSourceOptions,
  type DatabaseSchema,
  type EntityClass,
  type MigrationClass,
} from './data-source-options.js';
export {
  DatabaseError,
  DatabaseUnavailableError,
  isOutcomeUnknown,
  isUnavailable,
  DatabaseOverloadedError,
  OwnerLimitError,
  isUnstorable,
  MigrationLockTimeoutError,
  toDatabaseError,
  WriteQueueFullError,
} from './database-errors.js';
export { type LookUpRows, type WriteRows } from './batch-writer.js';
export { GroupCommit, groupCommitDefaults, type GroupCommitOptions } from './group-commit.js';
export { migrate, migrateDefaults, type MigrateOptions } from './migrate.js';
export { type ChannelListener, Notifications } from './notifications.js';
export { callingOwner, runAs } from './pool/calling-owner.js';
