import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedProtocol, shippedProtocols } from '#llm';
import { readProtocolFile } from '#configuration';
import { packageRoot } from './package-root.js';
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
