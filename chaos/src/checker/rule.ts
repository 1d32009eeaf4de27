import { type Evidence } from './evidence.js';

/** One thing that is wrong. */
export interface Finding {
  /** The run, the conversation or the send that it is about. */
  about: string;
  what: string;
}

/** Something that must hold, and a judge of whether it did. Pure. */
export interface Rule {
  /** What there may be none of. */
  name: string;
  find(evidence: Evidence): Finding[];
}
