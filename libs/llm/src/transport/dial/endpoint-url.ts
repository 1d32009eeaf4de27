/** A URL for logs, health reports and metrics: without user, password, query and fragment. */
export function publicUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
