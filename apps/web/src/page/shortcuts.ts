export type Shortcut = 'search' | 'new' | 'copy' | 'shortcuts' | 'escape';

/** By the key that goes with Ctrl (⌘ on a Mac), in lower case; `shift+` where it is held, too. */
const withControl: Readonly<Record<string, Shortcut>> = {
  k: 'search',
  'shift+o': 'new',
  'shift+l': 'copy',
  '/': 'shortcuts',
};

/** What a key asks of the page as a whole. */
export function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  if (event.isComposing) return undefined;
  if (event.key === 'Escape') return 'escape';
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  return withControl[event.shiftKey && key.length === 1 && key !== '/' ? `shift+${key}` : key];
}
