import { type ComposingKey, isComposing } from './composing';

/** An action of the page that has a keyboard shortcut. */
export type Shortcut = 'search' | 'new' | 'copy' | 'shortcuts' | 'escape';

/** Keys pressed together with Ctrl (⌘ on a Mac), in lower case; `shift+` if Shift is pressed as well. */
const withControl: Readonly<Record<string, Shortcut>> = {
  k: 'search',
  'shift+o': 'new',
  'shift+l': 'copy',
  '/': 'shortcuts',
};

/** The shortcut of a key press; undefined if it is none, or part of an input method's composition. */
export function shortcutOf(
  event: ComposingKey & Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): Shortcut | undefined {
  if (isComposing(event)) return undefined;
  if (event.key === 'Escape') return 'escape';
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  // On some keyboards `/` itself needs Shift.
  return withControl[event.shiftKey && key.length === 1 && key !== '/' ? `shift+${key}` : key];
}
