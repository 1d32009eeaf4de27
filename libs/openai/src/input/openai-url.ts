/** Paths that clients request with a slash at the end. Elsewhere, that is the path of a resource with an empty id. */
const withSlashAtEnd: ReadonlySet<string> = new Set(['chat/completions/', 'responses/']);

const models = 'models/';

/**
 * Makes the URLs of `/v1` that clients build match its routes: slashes that double those of the base URL are removed, and the
 * slashes in the id of a model are encoded. Other URLs are returned unchanged.
 * @param url path and query, or an absolute URL
 */
export function openAiUrl(url: string): string {
  const base = /^\/+v1\/+/.exec(url)?.[0];
  if (base === undefined) return url;
  const end = url.search(/[?#]/);
  const path = url.slice(base.length, end < 0 ? undefined : end);
  return `/v1/${resourcePath(path)}${end < 0 ? '' : url.slice(end)}`;
}

function resourcePath(path: string): string {
  if (withSlashAtEnd.has(path)) return path.slice(0, -1);
  return path.startsWith(models) ? models + path.slice(models.length).replaceAll('/', '%2F') : path;
}
