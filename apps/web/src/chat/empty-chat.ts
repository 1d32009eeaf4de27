import { Component, inject } from '@angular/core';
import { Panels } from '../page/panels';
import { texts } from '../texts/texts';
import { Drafts } from '../open-conversation/drafts';

/** Before the first message. */
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

  protected choose(suggestion: string): void {
    this.#drafts.write(suggestion);
    this.#panels.write();
  }
}
