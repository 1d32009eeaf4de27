/**
 * The path of the page: `/`, or the sub-path at which a reverse proxy serves it, such as `/chat/`. The server's HTML states
 * it relative to its own URL (libs/page).
 */
export function basePath(): string {
  return new URL('.', document.baseURI).pathname;
}
