import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type ProtocolDescription } from '#llm';
import { packageRoot } from '../package-root.js';
import { type MemoryFacts } from '../probe/facts.js';
import { draftText } from './write.js';

/** Why a file cannot be written, before much time has gone into what would stand in it; undefined: it can. */
export function unwritable(file: string): string | undefined {
  if (existsSync(file)) return 'is there already, and is not overwritten';
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
    return undefined;
  } catch {
    return 'cannot be written: is there such a folder?';
  }
}

/**
 * The text of a description that was drafted, which also goes into the file, if one is named.
 * @throws NodeJS.ErrnoException if the file cannot be written, or is there already
 */
export function keepDraft(
  description: ProtocolDescription,
  file: string | undefined,
  memory: MemoryFacts | undefined,
): string {
  const text = draftText(description, schemaSeenFrom(file ?? 'drafted.yaml'), memory);
  if (file !== undefined) writeFileSync(file, text, { flag: 'wx' });
  return text;
}

/** With the slashes of addresses. */
function schemaSeenFrom(file: string): string {
  const schema = join(packageRoot(), 'schemas', 'protocol.schema.json');
  return relative(dirname(resolve(file)), schema).replaceAll('\\', '/');
}
