import { type LlmCredentials } from './protocol-context.js';
import { type LlmProtocol } from './protocol.js';

/** Something that is wrong with the values that a route gives for a protocol's variables. */
export interface VariableMistake {
  name: string;
  /** Follows the name. */
  message: string;
}

export function variableMistakes(
  { variables: given = {} }: Pick<LlmCredentials, 'variables'>,
  protocol: LlmProtocol,
): VariableMistake[] {
  const declared = protocol.variables ?? {};
  const missing = Object.keys(declared).filter(
    (name) => declared[name]!.default === undefined && !Object.hasOwn(given, name),
  );
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  return [
    ...missing.map((name) => ({ name, message: `is missing: ${protocol.name} needs it` })),
    ...unknown.map((name) => ({ name, message: `is not known to ${protocol.name}` })),
  ];
}

/** Credentials with a value for every variable that the protocol has a default for. */
export function withDefaults(credentials: LlmCredentials, { variables }: LlmProtocol): LlmCredentials {
  if (variables === undefined) return credentials;
  const defaults = Object.entries(variables).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...credentials, variables: { ...Object.fromEntries(defaults), ...credentials.variables } };
}
