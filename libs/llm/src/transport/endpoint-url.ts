/** Shorter ones are no secrets; to blot them out would make texts unreadable. */
const shortestSecret = 8;

/** What must not be shown of an address and a key, even when a server repeats it. */
export function secretsOf(url: string, apiKey: string | undefined): string[] {
  const { username, password, searchParams } = new URL(url);
  const given = [apiKey ?? '', username, password, decodeURIComponent(password), ...searchParams.values()];
  return given.filter((secret) => secret.length >= shortestSecret);
}

/** An address as logs, health and metrics may show it: without user, password, query and fragment. */
export function publicUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
