import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** What a browser has to load before the page can be seen, in bytes after gzip. */
export const longestInitial = 60_000;

/** The scripts that index.html names, in bytes after gzip: what it runs, and what that imports at once. */
export function initialSize(folder) {
  const page = readFileSync(`${folder}/index.html`, 'utf8');
  const names = new Set(page.match(/[\w-]+\.js(?=")/g));
  if (names.size === 0) throw new Error('index.html names no script');
  return [...names].reduce(
    (sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }).length,
    0,
  );
}
