import { type Evidence } from './evidence.js';
import { type Finding, type Rule } from './rule.js';
import { activeRuns } from './rules/active-runs.js';
import { answers } from './rules/answers.js';
import { cancels } from './rules/cancels.js';
import { chains } from './rules/chains.js';
import { duplicated } from './rules/duplicated.js';
import { endings } from './rules/endings.js';
import { failedRequests } from './rules/failed-requests.js';
import { fences } from './rules/fences.js';
import { leftovers } from './rules/leftovers.js';
import { lost } from './rules/lost.js';
import { recovered } from './rules/recovered.js';
import { refused } from './rules/refused.js';
import { streams } from './rules/streams.js';
import { texts } from './rules/texts.js';
import { unfinished } from './rules/unfinished.js';

/** Every rule, the most serious first. */
export const rules: readonly Rule[] = [
  lost,
  duplicated,
  streams,
  texts,
  fences,
  unfinished,
  chains,
  activeRuns,
  cancels,
  refused,
  leftovers,
  answers,
  failedRequests,
  recovered,
  endings,
];

/** The violations of one rule. */
export interface Verdict {
  rule: string;
  findings: Finding[];
}

/** Checks the evidence of a whole run against every rule. Pure. */
export function check(evidence: Evidence): Verdict[] {
  return rules.map((rule) => ({ rule: rule.name, findings: rule.find(evidence) }));
}
