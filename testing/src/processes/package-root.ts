import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

/** The folder of this checkout's package.json, for the sources and for what is compiled from them alike. */
export const packageRoot = dirname(findPackageJSON(import.meta.url)!);
