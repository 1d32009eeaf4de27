import { type LateFrame } from '../connection/late-frame.js';
import { type Expectations } from './expectations.js';
import { counted, shownMs, type CheckName, type Finding } from './finding.js';

/** Most frames that a finding shows. */
const shownFrames = 6;

/** Of frames that belong to no answer, those without an id: they could be mistaken for the answer to another request. */
export function withoutId(late: readonly LateFrame[]): readonly LateFrame[] {
  return late.filter(({ hasId }) => !hasId);
}

/**
 * Judges frames that arrived while no answer was expected; undefined if there are none. They are harmless if each has
 * the id of its request, or if the connection carries only one answer.
 * @param after what they follow, such as `the end of the answer`
 * @param isClosed whether Parley has closed the connection by then
 */
export function judgeLate(
  check: CheckName,
  late: readonly LateFrame[],
  after: string,
  expected: Expectations,
  isClosed = false,
): Finding | undefined {
  if (late.length === 0) return undefined;
  const lastMs = Math.max(...late.map(({ afterMs }) => afterMs));
  const frames = `${counted(late.length, 'frame')} after ${after}, the last one ${shownMs(lastMs)} after it`;
  const finding = { check, frames: late.slice(0, shownFrames).map(({ text }) => text) };
  if (isClosed) {
    return { ...finding, verdict: 'note', says: `${frames}: Parley has closed the connection by then.` };
  }
  if (withoutId(late).length === 0) {
    return {
      ...finding,
      verdict: 'note',
      says: `${frames}: each has the id of its request, and Parley drops it.`,
    };
  }
  if (isUsedOnce(expected)) {
    return { ...finding, verdict: 'note', says: `${frames}: the connection carries no other answer.` };
  }
  return {
    ...finding,
    verdict: expected.reuse === 'always' ? 'fails' : 'differs',
    says: `${frames}: without an id each could be mistaken for the answer to the next request.`,
    advice: reuseAdvice(expected),
  };
}

/** Whether each connection carries one answer. */
export function isUsedOnce({ rules, reuse }: Expectations): boolean {
  return rules.reuse === 'answer' || (rules.reuse === 'pool' && reuse === 'never');
}

/** Advice for a server that sends frames which belong to no answer. */
export function reuseAdvice({ rules, reuse, protocol }: Expectations): string {
  if (rules.reuse === 'conversation') return 'In a description: connection: { reuse: answer }.';
  const ids = protocol === 'guide' ? ' Not needed if the server repeats request_id in every frame.' : '';
  const automatic =
    reuse === 'settled'
      ? ' With settled, the current value, Parley switches to one request per connection at the first such frame.'
      : '';
  return `Set LLM_REUSE=never (in a description: connection: { reuse: answer }).${automatic}${ids}`;
}
