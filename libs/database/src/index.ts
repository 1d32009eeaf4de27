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
  DatabaseEncodingError,
  DatabaseError,
  DatabaseUnavailableError,
  DatabaseOverloadedError,
  OwnerLimitError,
  MigrationLockTimeoutError,
  pooledStatementsHint,
  PreparedStatementsError,
  WriteQueueFullError,
} from './database-errors.js';
export { isOutcomeUnknown, isUnavailable, isUnstorable, toDatabaseError } from './error-classes.js';
export { checkPreparedStatements } from './prepared-statements.js';
export { type DatabaseUrl, DatabaseUrlError, parseDatabaseUrl } from './servers/database-url.js';
export { ForeignProtocolError } from './servers/foreign-protocol.js';
export { chainOf, isLastingRefusal, isTlsCode } from './servers/lasting-refusal.js';
export { type LookUpRows, type WriteRows } from './batch-writer.js';
export { GroupCommit, groupCommitDefaults, type GroupCommitOptions } from './group-commit.js';
export { migrate, migrateDefaults, type MigrateOptions } from './migrate.js';
export { type ChannelListener, Notifications } from './notifications.js';
export { callingOwner, runAs } from './pool/calling-owner.js';
