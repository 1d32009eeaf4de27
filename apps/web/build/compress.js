import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Compresses the text files of a folder to .br and .gz files beside them, so that the server need not compress them. */
export function compress(folder) {
  for (const name of globSync('**/*.{html,js,css,svg,json}', { cwd: folder })) {
    const path = `${folder}/${name}`;
    const content = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(content));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  }
}
