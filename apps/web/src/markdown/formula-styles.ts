const fileName = 'formulas.css';

/** Loads the style sheet of formulas once, before the first one is shown. Rejects if the server is unreachable. */
export async function loadFormulaStyles(): Promise<void> {
  const known = document.querySelector<HTMLLinkElement>(`link[href$="${fileName}"]`);
  const link = known ?? document.createElement('link');
  if (link.sheet !== null) return;
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener('load', resolve);
    link.addEventListener('error', reject);
  });
  if (known === null) {
    link.rel = 'stylesheet';
    link.href = new URL(fileName, document.baseURI).href;
    document.head.append(link);
  }
  try {
    await loaded;
  } catch (error) {
    link.remove();
    throw error;
  }
}
