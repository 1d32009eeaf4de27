/** An address as logs, health and metrics may show it: without user, password, query and fragment. */
export function publicUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
