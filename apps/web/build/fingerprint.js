import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';

/** The files that the built page depends on. */
const patterns = [
  'package-lock.json',
  'apps/web/{angular,package,tsconfig,tsconfig.worker}.json',
  'apps/web/{build,public,src}/**/*.*',
  'libs/client/src/**/*.ts',
];

/** A hash of the names and contents of the sources. Dates are no use: copying a checkout changes them. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  const exclude = ['**/*.spec.ts', '**/testing/**'];
  for (const name of globSync(patterns, { cwd: root, exclude }).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(`${root}/${name}`))
      .update('\0');
  }
  return hash.digest('hex');
}
