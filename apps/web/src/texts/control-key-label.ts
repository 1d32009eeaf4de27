/** The label of the modifier key of shortcuts on this machine. */
export const controlKeyLabel = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';
