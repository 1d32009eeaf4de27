import { countNodes, type FormulaNode, toFormulaElements } from './formula-nodes';
import { type FormulaSource } from './formula-source';
import { loadFormulaStyles } from './formula-styles';
import { type TimeSlices } from './time-slices';
import { typesetter } from './workers';

/** Maximum number of formulas, and of their nodes, in one document: more take too long to lay out. */
const maxFormulas = 500;
const maxNodes = 20_000;
/** How many formulas are sent to the worker at once. */
const batchSize = 20;
/** After this many failures of the worker, the other formulas of the document stay source. */
const maxFailures = 2;

/**
 * The formulas of one document. Each is first shown as its source. A worker typesets it, and the result replaces the source,
 * which stays in the page for copying and searching.
 */
export class Formulas {
  /** By source; null if it can't be typeset. */
  readonly #known = new Map<string, FormulaNode[] | null>();
  readonly #slices: TimeSlices;
  #nodes = 0;
  #failures = 0;
  #running: Promise<void> | undefined;

  constructor(slices: TimeSlices) {
    this.#slices = slices;
  }

  /** Typesets the formulas in an element that are known already. */
  fill(element: Element): void {
    for (const formula of sourcesIn(element)) this.#replace(formula);
  }

  /** Typesets all formulas in an element. Calls during another one wait for it and continue. */
  typeset(host: Element): Promise<void> {
    const next = (this.#running ?? Promise.resolve()).then(() => this.#typeset(host));
    this.#running = next;
    return next;
  }

  async #typeset(host: Element): Promise<void> {
    const unknown = new Set(sourcesIn(host).filter((formula) => !this.#known.has(keyOf(formula))));
    if (unknown.size === 0) return;
    try {
      await loadFormulaStyles();
    } catch {
      // The server is unreachable: the next change of the text tries again.
      return;
    }
    const all = [...unknown];
    for (let at = 0; at < all.length; at += batchSize) {
      const batch = all.slice(at, at + batchSize);
      await this.#load(new Map(batch.map((formula) => [keyOf(formula), sourceOf(formula)])));
      for (const formula of batch) {
        if (formula.isConnected) await this.#slices.run(() => this.#replace(formula));
      }
    }
  }

  async #load(sources: Map<string, FormulaSource>): Promise<void> {
    for (const key of sources.keys()) if (this.#known.has(key)) sources.delete(key);
    if (sources.size === 0) return;
    const isFull =
      this.#known.size >= maxFormulas || this.#nodes >= maxNodes || this.#failures >= maxFailures;
    const results = isFull ? [] : await typesetter.call([...sources.values()]);
    if (results === undefined) this.#failures += 1;
    for (const [at, key] of [...sources.keys()].entries()) {
      const nodes = results?.[at] ?? null;
      this.#nodes += countNodes(nodes ?? []);
      this.#known.set(key, nodes);
    }
  }

  #replace(formula: Element): void {
    const nodes = this.#known.get(keyOf(formula));
    if (nodes === undefined || nodes === null || formula.classList.contains('is-typeset')) return;
    const source = document.createElement('span');
    source.className = 'formula-source';
    source.ariaHidden = 'true';
    source.append(...formula.childNodes);
    const view = document.createElement('span');
    view.className = 'formula-view';
    view.append(toFormulaElements(nodes));
    formula.append(source, view);
    formula.classList.add('is-typeset');
    if (formula.classList.contains('is-display')) formula.setAttribute('tabindex', '0');
  }
}

function sourcesIn(element: Element): Element[] {
  return [...element.querySelectorAll('.formula:not(.is-typeset)')];
}

function sourceOf(formula: Element): FormulaSource {
  return { raw: formula.textContent ?? '', isDisplay: formula.classList.contains('is-display') };
}

function keyOf(formula: Element): string {
  const { raw, isDisplay } = sourceOf(formula);
  return `${isDisplay ? 'display' : 'inline'} ${raw}`;
}
