import { type Evidence } from './evidence.js';

/** One violation of a rule. */
export interface Finding {
  /** The run, conversation or send that violates the rule. */
  about: string;
  what: string;
}

/** An invariant. Pure. */
export interface Rule {
  /** Names what must not exist. */
  name: string;
  find(evidence: Evidence): Finding[];
}
