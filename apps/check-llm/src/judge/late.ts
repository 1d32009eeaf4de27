import { type LateFrame } from '../talk/late-frame.js';
import { type Claims } from './claims.js';
import { counted, shownMs, type CheckName, type Finding } from './finding.js';

/** Most frames that a finding shows. */
const shownFrames = 6;

/** Of frames that belong to no answer: those that could be mistaken for the answer to another request. */
export function unnamed(late: readonly LateFrame[]): readonly LateFrame[] {
  return late.filter(({ isNamed }) => !isNamed);
}

/**
 * Judges frames that arrived while no answer was expected; undefined if there are none. They are harmless if each has
 * the id of its request, or if the connection serves only one answer.
 * @param where what they follow, such as `the end of the answer`
 * @param isClosed whether Parley has closed the connection by then
 */
export function judgeLate(
  check: CheckName,
  late: readonly LateFrame[],
  where: string,
  claims: Claims,
  isClosed = false,
): Finding | undefined {
  if (late.length === 0) return undefined;
  const lastMs = Math.max(...late.map(({ afterMs }) => afterMs));
  const came = `${counted(late.length, 'frame')} after ${where}, the last one ${shownMs(lastMs)} after it`;
  const finding = { check, frames: late.slice(0, shownFrames).map(({ text }) => text) };
  if (isClosed) {
    return { ...finding, verdict: 'note', says: `${came}: Parley has closed the connection by then.` };
  }
  if (unnamed(late).length === 0) {
    return { ...finding, verdict: 'note', says: `${came}: each names its request, and Parley drops it.` };
  }
  if (isUsedOnce(claims)) {
    return { ...finding, verdict: 'note', says: `${came}: the connection carries no other answer.` };
  }
  return {
    ...finding,
    verdict: claims.reuse === 'always' ? 'fails' : 'differs',
    says: `${came}: without an id each could be mistaken for the answer to the next request.`,
    advice: reuseAdvice(claims),
  };
}

/** Whether each connection serves one answer. */
export function isUsedOnce({ rules, reuse }: Claims): boolean {
  return rules.reuse === 'answer' || (rules.reuse === 'pool' && reuse === 'never');
}

/** The setting for a server that sends frames which belong to no answer. */
export function reuseAdvice({ rules, reuse, protocol }: Claims): string {
  if (rules.reuse === 'conversation') return 'In a description: connection: { reuse: answer }.';
  const ids = protocol === 'guide' ? ' A server that repeats request_id in every frame needs neither.' : '';
  const itself =
    reuse === 'settled'
      ? ' With settled, as now, Parley itself changes to connections that are used once, at the first such frame.'
      : '';
  return `Set LLM_REUSE=never (in a description: connection: { reuse: answer }).${itself}${ids}`;
}
