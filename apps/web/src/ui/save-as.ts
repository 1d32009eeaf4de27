import { safeFileName } from './safe-file-name';

/** How long the browser may take to read the content of a download, in ms. */
const readMs = 10_000;

/** Downloads a document. */
export function saveAs(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = safeFileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), readMs);
}
