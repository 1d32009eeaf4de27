import { type Finding } from '../judge/finding.js';
import { type Measurements } from '../judge/measurements.js';
import { type Setting } from '../judge/settings.js';
import { type ProtocolMatch } from '../draft/closest-protocol.js';
import { type Sign } from '../draft/protocol-signs.js';
import { type RawExchange } from '../draft/raw-exchange.js';

/** The result of protocol detection, for a server that does not speak the expected protocol. */
export interface Recognized {
  /** The value for LLM_PROTOCOL if the server speaks a known protocol. */
  speaks: string | undefined;
  /** The text of a drafted description. */
  draft: string | undefined;
  /** The file that the draft was written to. */
  draftFile: string | undefined;
  /** Why there is no draft. */
  noDraftReason: string | undefined;
  closestProtocol: ProtocolMatch | undefined;
  /** A protocol that the frames show, if no known one works. */
  sign: Sign | undefined;
  /** Whether the server has sent nothing at all. */
  isSilent: boolean;
  /** Addresses of WebSockets at other paths, if there is none at this one. */
  paths: readonly string[];
  /** An exchange that shows the frames of the server. */
  exchange: RawExchange | undefined;
}

/** The full report of a check. */
export interface Report {
  /** The address without user, password, query and fragment. */
  server: string;
  protocol: string;
  model: string;
  findings: readonly Finding[];
  /** Undefined if protocol detection did not run. */
  recognized: Recognized | undefined;
  measured: Measurements | undefined;
  settings: readonly Setting[];
}

/** The exit code of a report: 1 if a finding fails or, with `isStrict`, differs; otherwise 0. */
export function exitCodeOf({ findings }: Pick<Report, 'findings'>, isStrict: boolean): 0 | 1 {
  const isBad = findings.some(({ verdict }) => verdict === 'fails' || (isStrict && verdict === 'differs'));
  return isBad ? 1 : 0;
}
