import type { Logger } from 'typeorm';

/** TypeORM's default logger writes to the console. Its errors are thrown as well, so their catchers log them. */
export class SilentLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
