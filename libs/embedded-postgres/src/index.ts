export { EmbeddedPostgres } from './embedded-postgres.js';
export { embeddedPostgresDefaults, type EmbeddedPostgresOptions } from './options.js';
export { freePort } from './free-port.js';
export {
  DataDirectoryInUseError,
  DataDirectoryUnusableError,
  EmbeddedPostgresError,
  PostgresBinariesMissingError,
  PostgresStartError,
  UserNamespacesForbiddenError,
} from './errors.js';
export type { Ending } from './launch.js';
