import {
  Component,
  effect,
  ElementRef,
  inject,
  input,
  type OnDestroy,
  signal,
  untracked,
} from '@angular/core';
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
  readonly #isSettled = signal(false);
  /** Whether a complete text is shown as it will stay: with its code highlighted and its formulas typeset. */
  readonly isSettled = this.#isSettled.asReadonly();

  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #document: MarkdownDocument | undefined;
  #isLoading = false;
  #isDestroyed = false;

  constructor() {
    effect(() => {
      const [text, isComplete] = [this.text(), this.isComplete()];
      untracked(() => this.#show(text, isComplete));
    });
  }

  ngOnDestroy(): void {
    this.#isDestroyed = true;
    this.#document?.destroy();
  }

  #show(text: string, isComplete: boolean): void {
    this.#isSettled.set(false);
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
      this.#document = new MarkdownDocument(this.#host, () => this.#isSettled.set(true));
      this.#document.update(this.text(), this.isComplete());
    } catch {
      // The server is unreachable: the next change of the text tries again.
      this.#isLoading = false;
      this.#isSettled.set(true);
    }
  }
}
