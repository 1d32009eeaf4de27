import katex from 'katex';
import { countNodes, type FormulaNode, RecordedElement, recordingDocument } from './formula-nodes';
import { type FormulaSource, latexOf } from './formula-source';

/** Maximum number of nodes of a formula: about 5 ms of rendering. */
const maxNodes = 2_000;

/** Typesets a formula. Returns null if it is no LaTeX that KaTeX knows, or too large. Changes the global `document`. */
export function typeset({ raw, isDisplay }: FormulaSource): FormulaNode[] | null {
  const root = new RecordedElement('span');
  Object.assign(globalThis, { document: recordingDocument });
  try {
    katex.render(latexOf(raw), root as unknown as Parameters<typeof katex.render>[1], {
      displayMode: isDisplay,
      strict: 'ignore',
      trust: false,
      maxSize: 20,
      maxExpand: 500,
    });
  } catch {
    return null;
  }
  return countNodes(root.children) <= maxNodes ? root.children : null;
}
