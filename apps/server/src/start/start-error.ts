import { isUnavailable } from '#database';
import { EmbeddedPostgresError } from '#embedded-postgres';
import { type Configuration, ConfigurationError } from '../configuration/index.js';

/** Describes why the server cannot start: one sentence for known reasons, else the error with its stack. */
export function startError(error: unknown, { http, database }: Configuration): string {
  if (error instanceof ConfigurationError || error instanceof EmbeddedPostgresError) return error.message;
  const { code, address } = error as NodeJS.ErrnoException & { address?: string };
  if (code === 'EADDRINUSE' && address !== undefined) {
    return `Port ${http.port} on ${http.host} is taken by another program: stop that program, or set PORT to another port.`;
  }
  if (code === 'EADDRNOTAVAIL') return `HOST is ${http.host}, which is not an address of this machine.`;
  if (code === 'EACCES')
    return `Port ${http.port} needs rights that this user does not have: set PORT to a port above 1023.`;
  if (isUnavailable(error) && database.url !== undefined) {
    return `The database cannot be reached (${reasonOf(error)}): see DATABASE_URL.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function reasonOf(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
}
