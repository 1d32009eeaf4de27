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

/** The protocol that a route or a variable names, and what is wrong with it. */
export interface NamedProtocol {
  /** Undefined if there are mistakes. */
  protocol: LlmProtocol | undefined;
  /** The content of the protocol's file, if the name is a path. */
  description: ProtocolDescription | undefined;
  /** What is wrong with the name: the end of a sentence that starts with the name. */
  mistake: string | undefined;
  /** The mistakes in the file, one per line. */
  inFile: readonly string[];
}

/**
 * Finds a protocol by the name of a shipped one, or by the path of a file that describes one.
 * @param readFile returns the text of a file; throws if it cannot be read
 * @param from the file that contains the name, which a path is relative to; by default the working directory
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
