/** What {@link isComposing} reads of a key press. */
export type ComposingKey = Pick<KeyboardEvent, 'isComposing' | 'keyCode'>;

/**
 * Whether a key press belongs to an input method, as for Chinese, Japanese or Korean: Enter then confirms a word, and sends
 * nothing. Safari reports the end of the composition before this key press, which only the key code 229 shows then.
 */
export function isComposing(event: ComposingKey): boolean {
  return event.isComposing || event.keyCode === 229;
}
