import { llmDefaults } from '#llm';
import { type Environment, type VariableName } from '../environment.js';
import { type RouteConfiguration } from '../configuration.js';
import { fileText } from '../file-text.js';
import { quoteValue, type Variables } from '../variables.js';
import { type LlmFile } from './llm-file.js';
import { type Pointer } from '../yaml-file/pointer.js';
import { readLlmFile } from './read-llm-file.js';
import { RouteProtocols } from './route-protocols.js';

/** The LLM file that `LLM_CONFIG` names. */
export interface OpenedLlmFile {
  /** Undefined if there is no file, or if it has mistakes. */
  file: LlmFile | undefined;
  /** Finds the protocol that a route of the file names. */
  protocolOf: (name: string) => RouteConfiguration['protocol'];
  mistakes: readonly string[];
  /** Variables of Parley that have no effect, as the file overrides them. */
  overridden: ReadonlySet<VariableName>;
  /** Environment variables that the file names. */
  variables: ReadonlySet<string>;
}

/** The result without an LLM file. */
export const NO_LLM_FILE: OpenedLlmFile = {
  file: undefined,
  protocolOf: (name) => name,
  mistakes: [],
  overridden: new Set(),
  variables: new Set(),
};

/** Variables of contradiction rules, and the setting of the file that overrides each. */
const OVERRIDDEN_BY: Partial<Record<VariableName, Pointer>> = {
  LLM_TIMEOUT: '/timeouts/total',
  LLM_CONNECT_TIMEOUT: '/timeouts/connect',
  LLM_FIRST_TOKEN_TIMEOUT: '/timeouts/first_token',
  LLM_IDLE_TIMEOUT: '/timeouts/idle',
  LLM_QUEUE_TIMEOUT: '/timeouts/queue',
  LLM_RETRY_BASE_MS: '/retry/base',
  LLM_RETRY_MAX_MS: '/retry/max',
};

/**
 * Reads the file that `LLM_CONFIG` names. Never throws: mistakes are in the result.
 * @param invalid variables of Parley that are invalid by themselves
 * @param variables the environment, for `${NAME}`
 * @param readFile returns the text of a file; throws if it cannot be read
 */
export function openLlmFile(
  environment: Environment,
  invalid: ReadonlySet<VariableName>,
  variables: Variables,
  readFile: (path: string) => string,
): OpenedLlmFile {
  const path = environment.LLM_CONFIG;
  let text: string;
  try {
    text = fileText(path, readFile);
  } catch (error) {
    return {
      ...NO_LLM_FILE,
      mistakes: [`LLM_CONFIG is ${quoteValue(path)}; the file ${(error as Error).message}`],
    };
  }
  const limit = (name: 'LLM_TIMEOUT' | 'LLM_RETRY_MAX_MS') =>
    invalid.has(name) ? Infinity : environment[name];
  const limits = {
    total: limit('LLM_TIMEOUT'),
    retryMax: limit('LLM_RETRY_MAX_MS') / 1000,
    breakerMaxOpen: llmDefaults.breaker.maxOpenMs / 1000,
  };
  const protocols = new RouteProtocols(path, readFile);
  const {
    file,
    mistakes,
    hasValueAt,
    variables: named,
  } = readLlmFile(text, path, variables, limits, (value) => protocols.mistakesIn(value));
  const overridden = Object.entries(OVERRIDDEN_BY).filter(([, pointer]) => hasValueAt(pointer));
  return {
    file,
    protocolOf: (name) => protocols.configured(name),
    mistakes: [...mistakes, ...protocols.inFiles],
    overridden: new Set(overridden.map(([name]) => name as VariableName)),
    variables: named,
  };
}
