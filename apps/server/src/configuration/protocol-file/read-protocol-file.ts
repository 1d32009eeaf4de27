import { describedProtocol, PROTOCOL_SCHEMA, ProtocolDescriptionError, type ProtocolDescription } from '#llm';
import { type Mistake } from '../yaml-file/mistake.js';
import { readYamlFile, type YamlFileReading } from '../yaml-file/read-yaml-file.js';
import { schemaMistakes } from '../yaml-file/schema-mistakes.js';

/**
 * Reads the text of a file that describes a protocol, YAML 1.2 or JSON.
 *
 * @param path what the file is called in messages
 */
export function readProtocolFile(text: string, path: string): YamlFileReading<ProtocolDescription> {
  return readYamlFile(text, path, (value) => {
    const mistakes = schemaMistakes(value, PROTOCOL_SCHEMA);
    return mistakes.length > 0 ? mistakes : compileMistakes(value as ProtocolDescription);
  });
}

/** What no schema can say: paths, placeholders, and what is missing altogether. */
function compileMistakes(description: ProtocolDescription): readonly Mistake[] {
  try {
    describedProtocol(description);
    return [];
  } catch (error) {
    if (error instanceof ProtocolDescriptionError) return error.mistakes;
    throw error;
  }
}
