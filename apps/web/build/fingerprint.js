import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';

/** Everything that the built page depends on. */
const patterns = [
  'package-lock.json',
  'apps/web/{angular,package,tsconfig,tsconfig.worker}.json',
  'apps/web/{build,public,src}/**/*.*',
  'libs/client/src/**/*.ts',
];

/** Of names and contents: copying a checkout changes every date in it. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const name of globSync(patterns, { cwd: root }).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(`${root}/${name}`))
      .update('\0');
  }
  return hash.digest('hex');
}
