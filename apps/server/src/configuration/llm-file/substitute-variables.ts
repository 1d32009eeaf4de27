import { type Variables } from '../variables.js';

export interface Substituted {
  text: string;
  /** The variables that it names, set or not. */
  names: string[];
  /** What is wrong with it; the text is then of no use. */
  mistakes: string[];
}

/** `$${`, or `${` with the rest of a reference if there is one. */
const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g;

/**
 * Puts the values of environment variables in place of `${NAME}`; `$${` stands for `${`. White space around a value does
 * not count, and an empty one is as good as none. A value is not searched for references of its own.
 */
export function substituteVariables(text: string, variables: Variables): Substituted {
  const names: string[] = [];
  const mistakes: string[] = [];
  const substituted = text.replace(REFERENCE, (found, name: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined) {
      mistakes.push('has "${" without a name and "}"; write $${ where the two characters are meant');
      return '';
    }
    names.push(name);
    const value = variables[name]?.trim() ?? '';
    if (value === '') mistakes.push(`names the environment variable ${shownName(name)}, which is not set`);
    return value;
  });
  return { text: substituted, names, mistakes };
}

/** Who wrote the secret itself between the braces shall not see it in a message. */
function shownName(name: string): string {
  return /^[A-Z_][A-Z0-9_]*$/.test(name) ? name : '(not shown here)';
}
