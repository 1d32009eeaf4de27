import { variableMistakes, type LlmProtocol, type ProtocolValue } from '#llm';
import { type RouteConfiguration } from './configuration.js';
import { type Environment, type VariableName } from './environment.js';
import { namedProtocol } from './protocol-file/named-protocol.js';
import { shown } from './variables.js';

/** What `LLM_PROTOCOL` and `LLM_PROTOCOL_VARIABLES` say. */
export type EnvironmentProtocol = Pick<RouteConfiguration, 'protocol' | 'variables'>;

/**
 * Reads what the environment says of the protocol. Never throws: what is wrong is in the answer.
 *
 * @param wrong variables that are wrong by themselves
 * @param readFile gives a file's text; throws if it cannot
 */
export function environmentProtocol(
  { LLM_PROTOCOL: name, LLM_PROTOCOL_VARIABLES: pairs }: Environment,
  wrong: ReadonlySet<VariableName>,
  readFile: (path: string) => string,
): EnvironmentProtocol & { mistakes: readonly string[] } {
  if (wrong.has('LLM_PROTOCOL')) return { protocol: name, variables: {}, mistakes: [] };
  const { protocol, description, mistake, inFile } = namedProtocol(name, readFile);
  const mistakes = [
    ...(mistake === undefined ? [] : [`LLM_PROTOCOL is ${shown(name)}; it ${mistake}`]),
    ...inFile,
  ];
  if (protocol === undefined || wrong.has('LLM_PROTOCOL_VARIABLES')) {
    return { protocol: name, variables: {}, mistakes };
  }
  const inVariables = variableMistakes({ variables: Object.fromEntries(pairs) }, protocol).map(
    ({ name: variable, message }) => `LLM_PROTOCOL_VARIABLES: ${shownName(variable, protocol)} ${message}`,
  );
  const variables = Object.fromEntries(
    pairs.map(([variable, text]) => [variable, typed(variable, text, protocol)]),
  );
  return { protocol: description ?? name, variables, mistakes: [...mistakes, ...inVariables] };
}

/** A variable whose default is a number, or true or false, is one of these itself. */
function typed(variable: string, text: string, { variables }: LlmProtocol): ProtocolValue {
  const standard = variables?.[variable]?.default;
  if (typeof standard === 'number' && text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
  if (typeof standard === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** A name that the protocol does not know may be a secret that was cut at a comma. */
function shownName(variable: string, { variables = {} }: LlmProtocol): string {
  return Object.hasOwn(variables, variable) ? variable : 'an entry (not shown here)';
}
