import { dirname, isAbsolute, join } from 'node:path';
import {
  describedProtocol,
  protocolNamed,
  shippedProtocols,
  type LlmProtocol,
  type ProtocolDescription,
} from '#llm';
import { fileText } from '../file-text.js';
import { nearestName } from '../nearest-name.js';
import { readProtocolFile } from './read-protocol-file.js';

/** What a route or a variable names as its protocol. */
export interface NamedProtocol {
  /** Undefined if there are mistakes. */
  protocol: LlmProtocol | undefined;
  /** What the protocol's file says, if it is one. */
  description: ProtocolDescription | undefined;
  /** What is wrong with the name; follows it. */
  mistake: string | undefined;
  /** What is wrong with the file, one line each. */
  inFile: readonly string[];
}

/**
 * Finds a protocol: a shipped one by its name, or one that a file describes by the file's path.
 *
 * @param from the file that names it, which a path is relative to; left out: the folder of the process
 * @param readFile gives a file's text; throws if it cannot
 */
export function namedProtocol(name: string, readFile: (path: string) => string, from = ''): NamedProtocol {
  const found = { protocol: undefined, description: undefined, mistake: undefined, inFile: [] };
  if (!/\.(ya?ml|json)$/i.test(name)) {
    const protocol = protocolNamed(name);
    return protocol === undefined ? { ...found, mistake: unknownName(name) } : { ...found, protocol };
  }
  const path = isAbsolute(name) ? name : join(dirname(from), name);
  let text: string;
  try {
    text = fileText(path, readFile);
  } catch (error) {
    return { ...found, mistake: `names a file that ${(error as Error).message}` };
  }
  const { value, mistakes } = readProtocolFile(text, path);
  if (value === undefined) return { ...found, inFile: mistakes };
  return { ...found, protocol: describedProtocol(value), description: value };
}

function unknownName(name: string): string {
  const known = shippedProtocols.map((protocol) => protocol.name);
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return `is neither a protocol nor the path of a .yaml or .json file; ${hint}`;
}
