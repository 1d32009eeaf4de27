import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync, type Options } from '@swc/core';

/** The part of jest's configuration that says how to read our TypeScript. */
interface ProjectConfig {
  moduleNameMapper: [pattern: string, target: string][];
  transform: [pattern: string, transformer: string, options: Options][];
}

/** Runs once before all suites: starts PostgreSQL and leaves its addresses in the environment of the workers. */
export default async function globalSetup(_global: unknown, project: ProjectConfig): Promise<void> {
  const hooks = readTypeScript(project);
  try {
    // Loaded by path: only from here on does Node understand our imports.
    const path = fileURLToPath(new URL('run-database.ts', import.meta.url));
    const { startRunDatabase } = (await import(path)) as typeof import('./run-database.js');
    await startRunDatabase();
  } finally {
    hooks.deregister();
  }
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
