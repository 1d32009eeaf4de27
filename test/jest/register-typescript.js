import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

// Lets Node load the TypeScript sources: '#llm' and its like are in libs/llm/src instead of dist, './x.js' is x.ts, and decorators
// are compiled. Importing this file registers that for the process.

const root = new URL('../../', import.meta.url);
const { imports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

/** URLs of the libraries' sources, by name. */
const libraries = {
  ...Object.fromEntries(
    Object.entries(imports).map(([name, built]) => [name, sourceOf(built.replace('./dist/', './'))]),
  ),
  '@parley/client': sourceOf('./libs/client/src/index.js'),
};

const options = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'es6' },
};

/** Source maps as data URLs, by the URL of the file, for the stacks that Jest prints. */
export const sourceMaps = new Map();

registerHooks({
  resolve(specifier, context, next) {
    if (!isOurs(context.parentURL)) return next(specifier, context);
    if (specifier === '@jest/globals')
      return { url: new URL('globals.js', import.meta.url).href, shortCircuit: true };
    const library = libraries[specifier];
    if (library !== undefined) return { url: library, format: 'module', shortCircuit: true };
    if (!specifier.startsWith('.') || /\.(json|mjs)$/.test(specifier)) return next(specifier, context);
    // The sources of the page are imported without an extension.
    const source = specifier.replace(/(\.js)?$/, '.ts');
    return { url: new URL(source, context.parentURL).href, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (!isOurs(url)) return next(url, context);
    const filename = fileURLToPath(url);
    const { code, map } = transformSync(readFileSync(filename, 'utf8'), {
      ...options,
      filename,
      sourceMaps: true,
    });
    sourceMaps.set(url, `data:application/json;base64,${Buffer.from(map).toString('base64')}`);
    return { format: 'module', source: code, shortCircuit: true };
  },
});

function sourceOf(path) {
  return new URL(path.replace(/\.js$/, '.ts'), root).href;
}

/** Whether a module is one of our sources. */
function isOurs(url) {
  return url !== undefined && /^file:.*\.ts(\?.*)?$/.test(url) && !url.includes('/node_modules/');
}
