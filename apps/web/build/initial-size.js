import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Maximum size of the scripts that a browser loads before it shows the page, in bytes after gzip. */
export const maxInitialBytes = 60_000;

/** The size of the scripts that index.html runs and preloads, in bytes after gzip. */
export function initialSize(folder) {
  const page = readFileSync(`${folder}/index.html`, 'utf8');
  const names = new Set(page.match(/[\w-]+\.js(?=")/g));
  if (names.size === 0) throw new Error('index.html names no script');
  return [...names].reduce(
    (sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }).length,
    0,
  );
}
