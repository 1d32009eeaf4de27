import { type Mistake } from '../yaml-file/mistake.js';
import { readYamlFile, type YamlFileReading } from '../yaml-file/read-yaml-file.js';
import { schemaMistakes } from '../yaml-file/schema-mistakes.js';
import { type Variables } from '../variables.js';
import { chainMistakes, type OuterLimits } from './chain-mistakes.js';
import { type LlmFile } from './llm-file.js';
import { LLM_SCHEMA } from './llm-schema.js';
import { substituteVariables } from './substitute-variables.js';

/** The result of parsing an LLM file. */
export interface LlmFileReading extends Pick<YamlFileReading<LlmFile>, 'mistakes' | 'hasValueAt'> {
  /** Undefined if there are mistakes. */
  file: LlmFile | undefined;
  /** The environment variables that the file names. */
  variables: ReadonlySet<string>;
}

/**
 * Parses an LLM file, in YAML 1.2 or JSON.
 * @param path the name of the file in messages
 * @param variables the environment, for `${NAME}`
 * @param limits the limits that apply unless the file sets them
 * @param validate finds further mistakes
 */
export function readLlmFile(
  text: string,
  path: string,
  variables: Variables,
  limits: OuterLimits,
  validate: (value: unknown) => readonly Mistake[] = () => [],
): LlmFileReading {
  const named = new Set<string>();
  const { value, mistakes, hasValueAt } = readYamlFile<LlmFile>(
    text,
    path,
    (read) => [...schemaMistakes(read, LLM_SCHEMA), ...chainMistakes(read, limits), ...validate(read)],
    (written) => {
      const { text: substituted, names, mistakes: inText } = substituteVariables(written, variables);
      for (const name of names) named.add(name);
      return { text: substituted, mistakes: inText };
    },
  );
  return { file: value, mistakes, hasValueAt, variables: named };
}
