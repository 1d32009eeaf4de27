import { parseDatabaseUrl } from '#database';
import { isCredential, SecretRedactor, secretsOfRoutes, shortestSecret, urlSecrets } from '#llm';
import { llmChain, SECRET_NAMES, type Configuration } from '../configuration/index.js';
import { llmRoutes } from '../modules/llm-options.js';

/**
 * Most characters of API keys that are searched for in log lines: a second line of defense, since no code logs keys.
 */
const maxKeyChars = 20_000;

/** A redactor for every secret of the configuration. */
export function configuredRedactor(configuration: Configuration): SecretRedactor {
  const { database, llm, auth } = configuration;
  const ofLlm = secretsOfRoutes({ routes: llmRoutes(llm), transport: { proxy: llm.proxy } });
  const ofDatabase = database.url === undefined ? [] : parseDatabaseUrl(database.url).servers;
  return new SecretRedactor({
    secrets: [...ofLlm.secrets, ...ofDatabase.flatMap(({ url }) => urlSecrets(url).secrets)],
    plain: keysUpTo(maxKeyChars, [...auth.operatorKeys, ...auth.keys]),
  });
}

/** A redactor for the values of all secret variables, well-formed or not. For use before the configuration is parsed. */
export function environmentRedactor(env: NodeJS.ProcessEnv): SecretRedactor {
  const entries = [...SECRET_NAMES].flatMap((name) => (env[name] ?? '').split(','));
  return new SecretRedactor({ secrets: entries.flatMap(secretsInEntry) });
}

/** The credentials of a URL; of any other text, every part that looks like a credential. */
function secretsInEntry(entry: string): readonly string[] {
  if (entry.includes('://') && URL.canParse(entry)) return urlSecrets(entry).secrets;
  return entry.split(/[\s=:@/?&]+/).filter((part) => isCredential('', part));
}

/** Descriptions of secrets that are too short to be redacted in answers, for a log message. */
export function shortSecrets({ llm }: Configuration): string[] {
  const isShort = (secret: string): boolean => secret !== '' && secret.length < shortestSecret;
  return llmChain(llm).flatMap(({ name, apiKey = '', endpoints }) => [
    ...(isShort(apiKey) ? [`the API key of route ${name}`] : []),
    ...(endpoints.some(({ url }) => urlSecrets(url).secrets.some(isShort))
      ? [`a password or a token in an address of route ${name}`]
      : []),
  ]);
}

function keysUpTo(maxChars: number, keys: readonly { key: string }[]): string[] {
  let left = maxChars;
  return keys.flatMap(({ key }) => ((left -= key.length) < 0 ? [] : [key]));
}
