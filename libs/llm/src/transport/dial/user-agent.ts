const userAgent = 'parley';

/** Firewalls refuse clients without a User-Agent. A protocol that sends its own takes precedence. */
export function withUserAgent(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'user-agent');
  return hasOwn ? headers : { 'User-Agent': userAgent, ...headers };
}
