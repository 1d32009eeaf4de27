import { globSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync, type Options } from '@swc/core';

/** The part of Jest's configuration that says how to compile TypeScript. */
interface ProjectConfig {
  moduleNameMapper: [pattern: string, target: string][];
  transform: [pattern: string, transformer: string, options: Options][];
}

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
export default async function globalSetup(global: GlobalConfig, project: ProjectConfig): Promise<void> {
  const specs = specsThatRun(global);
  const hooks = readTypeScript(project);
  try {
    // By path, not by an import statement: Node understands our imports only after `readTypeScript`.
    const load = (file: string) => import(fileURLToPath(new URL(file, import.meta.url))) as Promise<unknown>;
    const { startRunDatabase } = (await load('run-database.ts')) as typeof import('./run-database.js');
    const { build } = (await load('build.ts')) as typeof import('./build.js');
    const { preparePage } = (await load(
      '../browser/prepare-page.ts',
    )) as typeof import('../browser/prepare-page.js');
    const needsBuild = specs.some((path) => readFileSync(path, 'utf8').includes('usesBuild()'));
    await Promise.all([startRunDatabase(), needsBuild && build()]);
    if (!specs.some((path) => path.includes('/test/browser/'))) return;
    Object.assign(globalThis, { closeBrowser: await preparePage() });
  } finally {
    hooks.deregister();
  }
}

/** The specs of `test` that this run selects by path. */
function specsThatRun({ rootDir, testPathPatterns }: GlobalConfig): string[] {
  const selection = testPathPatterns.toExecutor({ rootDir });
  return globSync(`${rootDir}/test/**/*.spec.ts`).filter((path) => selection.isMatch(path));
}

/**
 * Jest compiles this file, but Node loads what it imports, and does not know './x.js' for x.ts, '#name' for a source folder, or
 * decorators. Registers hooks that resolve and compile our sources as Jest's configuration says.
 */
function readTypeScript({ moduleNameMapper, transform }: ProjectConfig): { deregister: () => void } {
  const names = moduleNameMapper.map(([pattern, target]) => [new RegExp(pattern), target] as const);
  const options = transform[0]?.[2] ?? {};
  return registerHooks({
    resolve(specifier, context, next) {
      const found = names.find(([pattern]) => pattern.test(specifier));
      if (!found || !isOurs(context.parentURL)) return next(specifier, context);
      const target = specifier.replace(...found);
      const url = target.startsWith('.') ? new URL(`${target}.ts`, context.parentURL) : pathToFileURL(target);
      return { url: url.href, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      if (!isOurs(url)) return next(url, context);
      const filename = fileURLToPath(url);
      const { code } = transformSync(readFileSync(filename, 'utf8'), {
        ...options,
        filename,
        sourceMaps: 'inline',
      });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}

/** Whether a module is one of our sources. */
function isOurs(url: string | undefined): boolean {
  return url !== undefined && url.endsWith('.ts') && !url.includes('/node_modules/');
}
