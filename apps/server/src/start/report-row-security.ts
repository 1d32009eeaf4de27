import { type RowSecurityState } from '#database';
import { type Logger } from '../logging/logger.js';

/** Warns if PostgreSQL does not separate the rows of owners, or if searches cannot use their index. */
export function reportRowSecurity({ isActive, hasRoles }: RowSecurityState, logger: Logger): void {
  if (!isActive) {
    logger.event(
      'warn',
      'row-level security does not apply to the user of DATABASE_URL: it bypasses policies and may not create roles',
      {},
    );
  } else if (!hasRoles) {
    logger.event(
      'warn',
      'the user of DATABASE_URL may not create roles: row-level security applies, but searches read every message',
      {},
    );
  }
}
