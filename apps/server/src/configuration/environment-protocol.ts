import { variableMistakes, type LlmProtocol, type ProtocolValue } from '#llm';
import { type RouteConfiguration } from './configuration.js';
import { type Environment, type VariableName } from './environment.js';
import { namedProtocol } from './protocol-file/named-protocol.js';
import { quoteValue } from './variables.js';

/** The protocol of `LLM_PROTOCOL`, with the variables of `LLM_PROTOCOL_VARIABLES`. */
export type EnvironmentProtocol = Pick<RouteConfiguration, 'protocol' | 'variables'>;

/**
 * Reads the protocol of the environment. Never throws: mistakes are in the result.
 * @param invalid variables that are invalid by themselves
 * @param readFile returns the text of a file; throws if it cannot be read
 */
export function environmentProtocol(
  { LLM_PROTOCOL: name, LLM_PROTOCOL_VARIABLES: pairs }: Environment,
  invalid: ReadonlySet<VariableName>,
  readFile: (path: string) => string,
): EnvironmentProtocol & { mistakes: readonly string[] } {
  if (invalid.has('LLM_PROTOCOL')) return { protocol: name, variables: {}, mistakes: [] };
  const { protocol, description, mistake, inFile } = namedProtocol(name, readFile);
  const mistakes = [
    ...(mistake === undefined ? [] : [`LLM_PROTOCOL is ${quoteValue(name)}; it ${mistake}`]),
    ...inFile,
  ];
  if (protocol === undefined || invalid.has('LLM_PROTOCOL_VARIABLES')) {
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

/** Converts a variable to the type of its default: a number or a Boolean. */
function typed(variable: string, text: string, { variables }: LlmProtocol): ProtocolValue {
  const defaultValue = variables?.[variable]?.default;
  if (typeof defaultValue === 'number' && text.trim() !== '' && !Number.isNaN(Number(text)))
    return Number(text);
  if (typeof defaultValue === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** An unknown name is not shown: it may be part of a secret that contains a comma. */
function shownName(variable: string, { variables = {} }: LlmProtocol): string {
  return Object.hasOwn(variables, variable) ? variable : 'an entry (not shown here)';
}
