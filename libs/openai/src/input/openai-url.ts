/**
 * Makes the URLs of `/v1` that clients build match its routes: doubled slashes (of a base URL that ends with one) and a slash
 * at the end are removed, and the slashes in the id of a model are encoded. Other URLs are returned unchanged.
 * @param url path and query, or an absolute URL
 */
export function openAiUrl(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  const segments = path.split('/').filter((segment) => segment !== '');
  if (!path.startsWith('/') || segments[0] !== 'v1') return url;
  const [version, resource, ...rest] = segments;
  const known = resource === 'models' && rest.length > 1 ? [version, resource, rest.join('%2F')] : segments;
  return `/${known.join('/')}${end < 0 ? '' : url.slice(end)}`;
}
