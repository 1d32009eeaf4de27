import { Environment, type VariableName } from '../environment.js';
import { allowedValues } from '../variable-decorators.js';
import { variableGroups } from './variable-groups.js';

/** All that is documented of one variable. */
export interface VariableEntry {
  name: VariableName;
  /** As it would be written in the environment; empty for none. */
  defaultText: string;
  /** What it may be, such as `a whole number from 0 to 65535`; empty for any text. */
  allowed: string;
  description: string;
}

/** The groups with their variables: names, defaults and allowed values come from `Environment`. */
export function variableEntries(): { title: string; entries: VariableEntry[] }[] {
  const defaults = new Environment();
  return variableGroups.map(({ title, variables }) => ({
    title,
    entries: Object.entries(variables).map(([key, description]) => {
      const name = key as VariableName;
      const defaultText = `${defaults[name] as string | number | boolean}`;
      return { name, defaultText, allowed: allowedValues(Environment, name), description };
    }),
  }));
}
