/** The visible part of a scrolled element, in pixels. */
export type ScrollPosition = Pick<Element, 'scrollTop' | 'clientHeight' | 'scrollHeight'>;

/** Within this distance from the end, in pixels, the view follows new text again. */
const endDistancePx = 80;

/**
 * Whether the view follows new text after a scroll event. It stops only when the user scrolls up: text that arrives, however
 * much at once, moves the end away but scrolls nothing. Text that becomes shorter scrolls up as well.
 */
export function followsAfterScroll(
  isFollowing: boolean,
  last: ScrollPosition,
  { scrollTop, clientHeight, scrollHeight }: ScrollPosition,
): boolean {
  if (scrollTop < last.scrollTop && scrollHeight >= last.scrollHeight && clientHeight <= last.clientHeight) {
    return false;
  }
  return isFollowing || scrollTop + clientHeight >= scrollHeight - endDistancePx;
}
