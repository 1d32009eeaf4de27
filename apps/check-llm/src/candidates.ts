import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { describedProtocol, shippedProtocols } from '#llm';
import { readProtocolFile } from '#configuration';
import { type Candidate } from './probe/identify.js';

/** Every protocol that can be tried without being told more: the shipped ones, and those of examples/protocols. */
export function knownCandidates(): Candidate[] {
  const shipped = shippedProtocols.map((protocol) => ({ name: protocol.name, protocol }));
  return [...shipped, ...examples()].filter(({ protocol }) =>
    Object.values(protocol.variables ?? {}).every((variable) => variable.default !== undefined),
  );
}

/** An installation may lack the folder. */
function examples(): Candidate[] {
  const root = packageRoot();
  return globSync('examples/protocols/*.yaml', { cwd: root })
    .toSorted()
    .flatMap((name) => {
      const { value } = readProtocolFile(readFileSync(join(root, name), 'utf8'), name);
      return value === undefined ? [] : [{ name, protocol: describedProtocol(value) }];
    });
}

function packageRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}
