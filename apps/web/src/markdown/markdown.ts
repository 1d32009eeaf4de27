import { Component, effect, ElementRef, inject, input, type OnDestroy } from '@angular/core';
import { type MarkdownDocument } from './markdown-document';
import { appendPlain } from './plain-text';

/** Shows a Markdown text. Until the renderer is loaded, the text is shown as plain text. */
@Component({
  selector: 'p-markdown',
  template: '',
  host: { class: 'markdown' },
})
export class Markdown implements OnDestroy {
  readonly text = input.required<string>();
  /** Whether the text is complete. */
  readonly isComplete = input(true);

  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #document: MarkdownDocument | undefined;
  #isLoading = false;
  #isDestroyed = false;

  constructor() {
    effect(() => this.#show(this.text(), this.isComplete()));
  }

  ngOnDestroy(): void {
    this.#isDestroyed = true;
    this.#document?.destroy();
  }

  #show(text: string, isComplete: boolean): void {
    if (this.#document !== undefined) {
      this.#document.update(text, isComplete);
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
      const { MarkdownDocument } = await import('./markdown-document');
      if (this.#isDestroyed) return;
      this.#host.textContent = '';
      this.#host.classList.remove('plain');
      this.#document = new MarkdownDocument(this.#host);
      this.#document.update(this.text(), this.isComplete());
    } catch {
      // The server is unreachable: the next change of the text tries again.
      this.#isLoading = false;
    }
  }
}
