export { EmbeddedPostgres } from './embedded-postgres.js';
export { embeddedPostgresDefaults, type EmbeddedPostgresOptions } from './embedded-postgres-options.js';
export { freePort } from './free-port.js';
export {
  DataDirectoryInUseError,
  DataDirectoryUnusableError,
  EmbeddedPostgresError,
  PostgresBinariesMissingError,
  PostgresStartError,
  UserNamespacesForbiddenError,
} from './errors.js';
export type { ProcessExit } from './launch.js';
