import { describedProtocol, PROTOCOL_SCHEMA, ProtocolDescriptionError, type ProtocolDescription } from '#llm';
import { type Mistake } from '../yaml-file/mistake.js';
import { readYamlFile, type YamlFileReading } from '../yaml-file/read-yaml-file.js';
import { schemaMistakes } from '../yaml-file/schema-mistakes.js';

/**
 * Parses a file that describes a protocol, in YAML 1.2 or JSON.
 * @param path the name of the file in messages
 */
export function readProtocolFile(text: string, path: string): YamlFileReading<ProtocolDescription> {
  return readYamlFile(text, path, (value) => {
    const mistakes = schemaMistakes(value, PROTOCOL_SCHEMA);
    return mistakes.length > 0 ? mistakes : compileMistakes(value as ProtocolDescription);
  });
}

/** Mistakes that a JSON schema cannot find: in paths and placeholders, and missing parts. */
function compileMistakes(description: ProtocolDescription): readonly Mistake[] {
  try {
    describedProtocol(description);
    return [];
  } catch (error) {
    if (error instanceof ProtocolDescriptionError) return error.mistakes;
    throw error;
  }
}
