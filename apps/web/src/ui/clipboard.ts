/**
 * Puts text on the clipboard. Pages that came over plain HTTP from elsewhere have no `navigator.clipboard`: they copy
 * what is selected. Resolves to whether it worked.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused: the older way may be allowed.
  }
  return copySelection(text);
}

function copySelection(text: string): boolean {
  const { activeElement } = document;
  const box = document.createElement('textarea');
  box.value = text;
  box.className = 'off-screen';
  document.body.append(box);
  box.select();
  const worked = document.execCommand('copy');
  box.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus();
  return worked;
}
