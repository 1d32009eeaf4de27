import { globSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync, type Options } from '@swc/core';

/** The part of jest's configuration that says how to read our TypeScript. */
interface ProjectConfig {
  moduleNameMapper: [pattern: string, target: string][];
  transform: [pattern: string, transformer: string, options: Options][];
}

/** The part of jest's global configuration that says which suites run. */
interface GlobalConfig {
  rootDir: string;
  testPathPatterns: {
    toExecutor: (options: { rootDir: string }) => { isMatch: (path: string) => boolean };
  };
}

/**
 * Runs once before all suites: starts PostgreSQL and leaves its addresses in the environment of the workers, and prepares the
 * chat page for those that need it.
 */
export default async function globalSetup(global: GlobalConfig, project: ProjectConfig): Promise<void> {
  const hooks = readTypeScript(project);
  try {
    // Loaded by path: only from here on does Node understand our imports.
    const path = fileURLToPath(new URL('run-database.ts', import.meta.url));
    const { startRunDatabase } = (await import(path)) as typeof import('./run-database.js');
    await startRunDatabase();
    if (!runsBrowser(global)) return;
    const page = fileURLToPath(new URL('../browser/prepare-page.ts', import.meta.url));
    const { preparePage } = (await import(page)) as typeof import('../browser/prepare-page.js');
    preparePage();
  } finally {
    hooks.deregister();
  }
}

function runsBrowser({ rootDir, testPathPatterns }: GlobalConfig): boolean {
  const suites = testPathPatterns.toExecutor({ rootDir });
  return globSync(`${rootDir}/test/browser/*.spec.ts`).some((path) => suites.isMatch(path));
}

/**
 * Jest compiles this file, but leaves what it imports to Node, which knows neither './x.js' for x.ts, nor '#name' for a
 * source folder, nor decorators. Teaches Node all three, by jest's own configuration.
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

function isOurs(url: string | undefined): boolean {
  return url !== undefined && url.endsWith('.ts') && !url.includes('/node_modules/');
}
