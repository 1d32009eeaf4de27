import { type Finding } from '../judge/finding.js';
import { type Measured } from '../judge/measured.js';
import { type Setting } from '../judge/settings.js';
import { type Nearness } from '../draft/nearest.js';
import { type RawExchange } from '../draft/exchange.js';

/** What was found out about a server that does not speak as was said. */
export interface Recognised {
  /** What to write into LLM_PROTOCOL: a known protocol, or the drafted file. */
  speaks: string | undefined;
  /** The text of a drafted description. */
  draft: string | undefined;
  /** Where it was written to. */
  draftFile: string | undefined;
  /** Why there is no draft. */
  lacks: string | undefined;
  nearest: Nearness | undefined;
  exchange: RawExchange | undefined;
}

/** Everything that a check has to say. */
export interface Report {
  /** The address as it may be shown. */
  server: string;
  protocol: string;
  model: string;
  findings: readonly Finding[];
  recognised: Recognised | undefined;
  measured: Measured | undefined;
  settings: readonly Setting[];
}

/** 0: it works. 1: something fails; with `isStrict`, or differs. */
export function exitCodeOf({ findings }: Pick<Report, 'findings'>, isStrict: boolean): 0 | 1 {
  const isBad = findings.some(({ verdict }) => verdict === 'fails' || (isStrict && verdict === 'differs'));
  return isBad ? 1 : 0;
}
