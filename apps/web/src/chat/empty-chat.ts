import { Component, inject } from '@angular/core';
import { Drafts } from '../open-conversation/drafts';
import { Panels } from '../page/panels';
import { texts } from '../texts/texts';

/** Shown in a new conversation: suggestions for a first message. */
@Component({
  selector: 'p-empty-chat',
  template: `
    <main class="empty">
      <h2>{{ t.title }}</h2>
      <p class="hint">{{ t.hint }}</p>
      <ul [attr.aria-label]="t.suggestionsLabel">
        @for (suggestion of t.suggestions; track suggestion) {
          <li>
            <button type="button" (click)="choose(suggestion)">{{ suggestion }}</button>
          </li>
        }
      </ul>
    </main>
  `,
})
export class EmptyChat {
  readonly #panels = inject(Panels);
  readonly #drafts = inject(Drafts);
  protected readonly t = texts.empty;

  /** Puts a suggestion into the message box. */
  protected choose(suggestion: string): void {
    this.#drafts.save(suggestion);
    this.#panels.focusMessageBox();
  }
}
