import { parseDatabaseUrl } from '#database';
import { EmbeddedPostgresError } from '#embedded-postgres';
import { databaseStartError } from './database-start-error.js';
import { type Configuration, ConfigurationError } from '../configuration/index.js';

/** Describes why the server cannot start: one sentence for known reasons, else the error with its stack. */
export function startError(error: unknown, { http, database }: Configuration): string {
  if (error instanceof ConfigurationError || error instanceof EmbeddedPostgresError) return error.message;
  const { code, address, hostname } = error as NodeJS.ErrnoException & {
    address?: string;
    hostname?: string;
  };
  if (code === 'EADDRINUSE' && address !== undefined) {
    return `Port ${http.port} on ${http.host} is taken by another program: stop that program, or set PORT to another port.`;
  }
  if (code === 'ENOTFOUND' && hostname === http.host) {
    return `HOST is ${http.host}, which is neither an address nor a name that this machine knows.`;
  }
  if (code === 'EADDRNOTAVAIL') return `HOST is ${http.host}, which is not an address of this machine.`;
  if (code === 'EACCES')
    return `Port ${http.port} needs rights that this user does not have: set PORT to a port above 1023.`;
  const ofDatabase =
    database.url === undefined ? undefined : databaseStartError(error, parseDatabaseUrl(database.url));
  if (ofDatabase !== undefined) return ofDatabase;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
