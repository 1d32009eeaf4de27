import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedProtocol, shippedProtocols } from '#llm';
import { packageRoot, readProtocolFile } from '#configuration';
import { type KnownProtocol } from './probe/identify.js';

/**
 * Every protocol that can be tried without further settings: the shipped protocols and those in `examples/protocols`,
 * except protocols with a variable that has no default.
 */
export function knownProtocols(): KnownProtocol[] {
  const shipped = shippedProtocols.map((protocol) => ({ name: protocol.name, protocol }));
  return [...shipped, ...exampleProtocols()].filter(({ protocol }) =>
    Object.values(protocol.variables ?? {}).every((variable) => variable.default !== undefined),
  );
}

/** The protocols in `examples/protocols`; empty where an installation lacks the folder. */
function exampleProtocols(): KnownProtocol[] {
  const root = packageRoot();
  return globSync('examples/protocols/*.yaml', { cwd: root })
    .toSorted()
    .flatMap((name) => {
      const { value } = readProtocolFile(readFileSync(join(root, name), 'utf8'), name);
      return value === undefined ? [] : [{ name, protocol: describedProtocol(value) }];
    });
}
