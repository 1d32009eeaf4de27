import { Component, effect, ElementRef, inject, input, type OnDestroy } from '@angular/core';
import { type MarkdownDocument } from './document';
import { appendPlain } from './plain-text';

/** A Markdown text. Until what renders it is loaded, it stands there as it was written. */
@Component({
  selector: 'p-markdown',
  template: '',
  host: { class: 'markdown' },
})
export class Markdown implements OnDestroy {
  readonly text = input.required<string>();
  /** It does not grow any more. */
  readonly isWhole = input(true);

  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #document: MarkdownDocument | undefined;
  #isLoading = false;
  #isDestroyed = false;

  constructor() {
    effect(() => this.#show(this.text(), this.isWhole()));
  }

  ngOnDestroy(): void {
    this.#isDestroyed = true;
    this.#document?.destroy();
  }

  #show(text: string, isWhole: boolean): void {
    if (this.#document !== undefined) {
      this.#document.update(text, isWhole);
      return;
    }
    this.#host.classList.add('plain');
    this.#host.textContent = '';
    appendPlain(this.#host, text);
    if (!this.#isLoading) void this.#load();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    try {
      const { MarkdownDocument } = await import('./document');
      if (this.#isDestroyed) return;
      this.#host.textContent = '';
      this.#host.classList.remove('plain');
      this.#document = new MarkdownDocument(this.#host);
      this.#document.update(this.text(), this.isWhole());
    } catch {
      // The server is away: the next change tries again, and until then the text can be read as it is.
      this.#isLoading = false;
    }
  }
}
