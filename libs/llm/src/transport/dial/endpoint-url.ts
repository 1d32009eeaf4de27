import { type LlmCredentials } from '../../protocols/protocol-context.js';
import { type LlmProtocol } from '../../protocols/protocol.js';

/** Shorter ones are no secrets; to blot them out would make texts unreadable. */
const shortestSecret = 8;

/** What must not be shown of an address and of who we are there, even when a server repeats it. */
export function secretsOf(
  url: string,
  { apiKey, variables }: LlmCredentials,
  protocol: LlmProtocol,
): string[] {
  const { username, password, searchParams } = new URL(url);
  const inVariables = Object.entries(protocol.variables ?? {})
    .filter(([, { secret }]) => secret)
    .map(([name]) => String(variables?.[name] ?? ''));
  const given = [apiKey ?? '', username, password, decodeURIComponent(password), ...searchParams.values()];
  return [...given, ...inVariables].filter((secret) => secret.length >= shortestSecret);
}

/** Servers like to repeat the key that they refuse. */
export function blotter(secrets: readonly string[]): (text: string) => string {
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

/** An address as logs, health and metrics may show it: without user, password, query and fragment. */
export function publicUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
