import { readFileSync } from 'node:fs';
import { type Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { type Purpose } from './contradictions.js';
import { decodeText } from './decode-text.js';
import { type EnvFile, parseEnvFile } from './env-file.js';
import { fileText } from './file-text.js';
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
  const fromFile = readVariables(file);
  const variables: Variables = { ...fromFile.variables, ...Object.fromEntries(set) };
  const inFile = fromFile.mistakes.map((mistake) => `the file ${file}: ${mistake}`);
  return deepFreeze(withMistakes(inFile, () => parseConfiguration(variables, readText, purpose)));
}

/** The configuration, unless there are mistakes already; then all mistakes are thrown together. */
function withMistakes(mistakes: readonly string[], parse: () => Configuration): Configuration {
  let more: readonly string[] = [];
  try {
    const configuration = parse();
    if (mistakes.length === 0) return configuration;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    more = error.mistakes;
  }
  throw new ConfigurationError([...mistakes, ...more]);
}

/** @throws EncodingError, or the error of the file system */
function readText(path: string): string {
  return decodeText(readFileSync(path));
}

/** A file that exists and cannot be used is never skipped: without its `AUTH`, everyone would be let in. */
function readVariables(file: string): EnvFile {
  let text: string;
  try {
    text = fileText(file, readText);
  } catch (error) {
    if (((error as Error).cause as { code?: unknown } | undefined)?.code === 'ENOENT') {
      return { variables: {}, mistakes: [] };
    }
    throw new ConfigurationError([`the file ${file} ${(error as Error).message}`]);
  }
  return parseEnvFile(text);
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
