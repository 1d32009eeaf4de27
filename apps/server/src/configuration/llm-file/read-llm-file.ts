import { type Mistake } from '../yaml-file/mistake.js';
import { readYamlFile, type YamlFileReading } from '../yaml-file/read-yaml-file.js';
import { schemaMistakes } from '../yaml-file/schema-mistakes.js';
import { type Variables } from '../variables.js';
import { chainMistakes, type OuterLimits } from './chain-mistakes.js';
import { type LlmFile } from './llm-file.js';
import { LLM_SCHEMA } from './llm-schema.js';
import { substituteVariables } from './substitute-variables.js';

/** What an LLM file says. */
export interface LlmFileReading extends Pick<YamlFileReading<LlmFile>, 'mistakes' | 'speaksOf'> {
  /** Undefined if there are mistakes. */
  file: LlmFile | undefined;
  /** The environment variables that it names. */
  variables: ReadonlySet<string>;
}

/**
 * Reads the text of an LLM file, YAML 1.2 or JSON.
 *
 * @param path what the file is called in messages
 * @param variables for `${NAME}`
 * @param limits what holds where the file says nothing else
 * @param judge what else is wrong with it
 */
export function readLlmFile(
  text: string,
  path: string,
  variables: Variables,
  limits: OuterLimits,
  judge: (value: unknown) => readonly Mistake[] = () => [],
): LlmFileReading {
  const named = new Set<string>();
  const { value, mistakes, speaksOf } = readYamlFile<LlmFile>(
    text,
    path,
    (read) => [...schemaMistakes(read, LLM_SCHEMA), ...chainMistakes(read, limits), ...judge(read)],
    (written) => {
      const { text: substituted, names, mistakes: inText } = substituteVariables(written, variables);
      for (const name of names) named.add(name);
      return { text: substituted, mistakes: inText };
    },
  );
  return { file: value, mistakes, speaksOf, variables: named };
}
