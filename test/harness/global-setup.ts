import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { preparePage } from '../browser/prepare-page.js';
import { build } from './build.js';
import { startRunDatabase } from './run-database.js';

/** The part of Jest's global configuration that says which specs run. */
interface GlobalConfig {
  rootDir: string;
  testPathPatterns: {
    toExecutor: (options: { rootDir: string }) => { isMatch: (path: string) => boolean };
  };
}

/**
 * Runs once before all suites. Starts PostgreSQL, compiles the programs if a spec that runs calls `usesBuild()`, and builds the
 * chat page and starts a browser if a spec of test/browser runs. The workers get the results through environment variables.
 */
export default async function globalSetup(global: GlobalConfig): Promise<void> {
  // The hundred servers that the specs start load the same modules.
  process.env.NODE_COMPILE_CACHE ??= `${tmpdir()}/parley-compile-cache`;
  const specs = specsThatRun(global);
  const needsBuild = specs.some((path) => readFileSync(path, 'utf8').includes('usesBuild()'));
  await Promise.all([startRunDatabase(), needsBuild && build()]);
  if (!specs.some((path) => path.includes('/test/browser/'))) return;
  Object.assign(globalThis, { closeBrowser: await preparePage() });
}

/** The specs of `test` that this run selects by path. */
function specsThatRun({ rootDir, testPathPatterns }: GlobalConfig): string[] {
  const selection = testPathPatterns.toExecutor({ rootDir });
  return globSync(`${rootDir}/test/**/*.spec.ts`).filter((path) => selection.isMatch(path));
}
