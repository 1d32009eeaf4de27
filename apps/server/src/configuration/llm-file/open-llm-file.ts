import { llmDefaults } from '#llm';
import { type Environment, type VariableName } from '../environment.js';
import { type RouteConfiguration } from '../configuration.js';
import { fileText } from '../file-text.js';
import { shown, type Variables } from '../variables.js';
import { type LlmFile } from './llm-file.js';
import { type Pointer } from '../yaml-file/pointer.js';
import { readLlmFile } from './read-llm-file.js';
import { RouteProtocols } from './route-protocols.js';

/** What `LLM_CONFIG` came to. */
export interface OpenedLlmFile {
  /** Undefined if there is none, or none without mistakes. */
  file: LlmFile | undefined;
  /** The protocol that a route of the file names. */
  protocolOf: (name: string) => RouteConfiguration['protocol'];
  mistakes: readonly string[];
  /** Variables of Parley that have no effect, as the file speaks instead. */
  replaced: ReadonlySet<VariableName>;
  /** Environment variables that the file names. */
  variables: ReadonlySet<string>;
}

export const NO_LLM_FILE: OpenedLlmFile = {
  file: undefined,
  protocolOf: (name) => name,
  mistakes: [],
  replaced: new Set(),
  variables: new Set(),
};

/** What stands in contradiction rules of the environment, and where the file says it. */
const REPLACED_BY: Partial<Record<VariableName, Pointer>> = {
  LLM_TIMEOUT: '/timeouts/total',
  LLM_CONNECT_TIMEOUT: '/timeouts/connect',
  LLM_FIRST_TOKEN_TIMEOUT: '/timeouts/first_token',
  LLM_IDLE_TIMEOUT: '/timeouts/idle',
  LLM_QUEUE_TIMEOUT: '/timeouts/queue',
  LLM_RETRY_BASE_MS: '/retry/base',
  LLM_RETRY_MAX_MS: '/retry/max',
};

/**
 * Reads the file that `LLM_CONFIG` names. Never throws: what is wrong is in the answer.
 *
 * @param wrong variables that are wrong by themselves
 * @param readFile gives a file's text; throws if it cannot
 */
export function openLlmFile(
  environment: Environment,
  wrong: ReadonlySet<VariableName>,
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
      mistakes: [`LLM_CONFIG is ${shown(path)}; the file ${(error as Error).message}`],
    };
  }
  const limit = (name: 'LLM_TIMEOUT' | 'LLM_RETRY_MAX_MS') =>
    wrong.has(name) ? Infinity : environment[name];
  const limits = {
    total: limit('LLM_TIMEOUT'),
    retryMax: limit('LLM_RETRY_MAX_MS') / 1000,
    breakerMaxOpen: llmDefaults.breaker.maxOpenMs / 1000,
  };
  const protocols = new RouteProtocols(path, readFile);
  const {
    file,
    mistakes,
    speaksOf,
    variables: named,
  } = readLlmFile(text, path, variables, limits, (value) => protocols.mistakesIn(value));
  const replaced = Object.entries(REPLACED_BY).filter(([, pointer]) => speaksOf(pointer));
  return {
    file,
    protocolOf: (name) => protocols.configured(name),
    mistakes: [...mistakes, ...protocols.inFiles],
    replaced: new Set(replaced.map(([name]) => name as VariableName)),
    variables: named,
  };
}
