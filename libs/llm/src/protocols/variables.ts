import { type LlmCredentials } from './protocol-context.js';
import { type LlmProtocol } from './protocol.js';

/** A mistake in a route's values for the variables of its protocol. */
export interface VariableMistake {
  name: string;
  /** The rest of a sentence that begins with the name. */
  message: string;
}

/** Finds missing and unknown variables in a route's credentials. */
export function variableMistakes(
  { variables: values = {} }: Pick<LlmCredentials, 'variables'>,
  protocol: LlmProtocol,
): VariableMistake[] {
  const declared = protocol.variables ?? {};
  const missing = Object.keys(declared).filter(
    (name) => declared[name]!.default === undefined && !Object.hasOwn(values, name),
  );
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(declared, name));
  return [
    ...missing.map((name) => ({ name, message: `is missing: ${protocol.name} needs it` })),
    ...unknown.map((name) => ({ name, message: `is not known to ${protocol.name}` })),
  ];
}

/** Adds the protocol's default values of variables to credentials. */
export function withDefaults(credentials: LlmCredentials, { variables }: LlmProtocol): LlmCredentials {
  if (variables === undefined) return credentials;
  const defaults = Object.entries(variables).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...credentials, variables: { ...Object.fromEntries(defaults), ...credentials.variables } };
}
