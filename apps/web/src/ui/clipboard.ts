/**
 * Copies text to the clipboard. Pages served over plain HTTP from another machine have no `navigator.clipboard`; there
 * a selection is copied instead.
 * @returns whether it was copied
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // No permission for the clipboard API; copying a selection may still be allowed.
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
  const isCopied = document.execCommand('copy');
  box.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus();
  return isCopied;
}
