import { type Variables } from '../variables.js';

/** A text after substitution. */
export interface Substituted {
  text: string;
  /** The variables that the text names, whether set or not. */
  names: string[];
  /** If not empty, the text is not usable. */
  mistakes: string[];
}

/** `$${`, or `${` with the rest of a reference if there is one. */
const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g;

/**
 * Replaces each `${NAME}` by the value of the environment variable, and each `$${` by `${`. Values are trimmed; an empty
 * one counts as unset. References in values are not replaced.
 */
export function substituteVariables(text: string, variables: Variables): Substituted {
  const names: string[] = [];
  const mistakes: string[] = [];
  const substituted = text.replace(REFERENCE, (found, name: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined) {
      mistakes.push('has "${" without a name and "}"; write $${ for the two characters themselves');
      return '';
    }
    names.push(name);
    const value = variables[name]?.trim() ?? '';
    if (value === '') mistakes.push(`names the environment variable ${shownName(name)}, which is not set`);
    return value;
  });
  return { text: substituted, names, mistakes };
}

/** Hides the name if it may be a secret that was written between the braces. */
function shownName(name: string): string {
  return /^[A-Z_][A-Z0-9_]*$/.test(name) ? name : '(not shown here)';
}
