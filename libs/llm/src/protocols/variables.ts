import { type LlmCredentials, type LlmProtocol } from './protocol.js';

/** What is wrong with the values that a route gives for a protocol's variables; each follows the word "variables". */
export function variableMistakes({ variables: given = {} }: LlmCredentials, protocol: LlmProtocol): string[] {
  const declared = protocol.variables ?? {};
  const missing = Object.keys(declared).filter(
    (name) => declared[name]!.default === undefined && !Object.hasOwn(given, name),
  );
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  return [
    ...missing.map((name) => `${name} is missing: ${protocol.name} needs it`),
    ...unknown.map((name) => `${name} is not known to ${protocol.name}`),
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
