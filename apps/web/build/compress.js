import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Puts a .br and a .gz beside every file that gets smaller by it, so that no request has to wait for that. */
export function compress(folder) {
  for (const name of globSync('**/*.{html,js,css,svg,json}', { cwd: folder })) {
    const path = `${folder}/${name}`;
    const content = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(content));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  }
}
