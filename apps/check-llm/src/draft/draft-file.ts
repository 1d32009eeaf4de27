import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { packageRoot } from '#configuration';
import { type ProtocolDescription } from '#llm';
import { type MemoryFacts } from '../probe/facts.js';
import { draftText } from './draft-text.js';

/** Why a draft cannot be written to a file; undefined if it can. Allows an early refusal, before the check runs. */
export function whyNotWritable(file: string): string | undefined {
  if (existsSync(file)) return 'already exists and is not overwritten';
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
    return undefined;
  } catch {
    return 'cannot be written: does its folder exist?';
  }
}

/**
 * Formats a drafted description and, if a file is given, writes it to that file.
 * @throws NodeJS.ErrnoException if the file cannot be written or already exists
 */
export function saveDraft(
  description: ProtocolDescription,
  file: string | undefined,
  memory: MemoryFacts | undefined,
): string {
  const text = draftText(description, relativeSchemaPath(file ?? 'drafted.yaml'), memory);
  if (file !== undefined) writeFileSync(file, text, { flag: 'wx' });
  return text;
}

/** With forward slashes on every platform. */
function relativeSchemaPath(file: string): string {
  const schema = join(packageRoot(), 'schemas', 'protocol.schema.json');
  return relative(dirname(resolve(file)), schema).replaceAll('\\', '/');
}
