import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that contains package.json. Sources and compiled files are at different depths below it. */
export function packageRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}
