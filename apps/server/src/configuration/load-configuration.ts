import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { type Purpose } from './contradictions.js';
import { parseConfiguration } from './parse-configuration.js';
import { type Variables } from './variables.js';

/**
 * Reads the environment and `.env`. The environment takes precedence over the file; an empty variable counts as unset.
 * @param environment defaults to that of the process
 * @param file defaults to `.env` in the working directory; it may be missing
 * @param purpose settings that it does not need may be missing
 * @returns a frozen configuration
 * @throws ConfigurationError with all mistakes
 */
export function loadConfiguration(
  environment: Variables = process.env,
  file = '.env',
  purpose: Purpose = 'serving',
): Configuration {
  const set = Object.entries(environment).filter(([, text]) => text !== undefined && text.trim() !== '');
  const variables: Variables = { ...readVariables(file), ...Object.fromEntries(set) };
  return deepFreeze(parseConfiguration(variables, readText, purpose));
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

function readVariables(file: string): Variables {
  try {
    return parseEnv(readText(file));
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') return {};
    throw new ConfigurationError([`the file ${file} cannot be read (${String(code)})`]);
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
