import type { Logger } from 'typeorm';

/** Replaces TypeORM's logger, which writes to the console. Errors are also thrown, and logged where they are caught. */
export class SilentLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
