import { Component, inject, signal } from '@angular/core';
import { ParleyClient, ProblemError } from '@parley/client';
import { SessionKey } from '../server/session-key';
import { texts } from '../texts/texts';
import { Modal } from '../ui/modal';

/** A dialog that asks for the API key. A key is stored after the server has accepted it. */
@Component({
  selector: 'p-sign-in-dialog',
  imports: [Modal],
  template: `
    <dialog
      #dialog
      pModal
      class="dialog"
      closedby="none"
      aria-labelledby="sign-in-title"
      (closed)="dialog.showModal()"
    >
      <form (submit)="submit($event, key.value)">
        <h2 id="sign-in-title">{{ t.title }}</h2>
        <p class="hint" id="sign-in-hint">{{ t.hint }}</p>
        <label for="key">{{ t.label }}</label>
        <input
          #key
          id="key"
          class="field"
          type="password"
          autocomplete="off"
          spellcheck="false"
          required
          aria-describedby="sign-in-hint sign-in-problem"
          [attr.aria-invalid]="problem() !== ''"
        />
        <p class="problem" id="sign-in-problem" role="alert">{{ problem() }}</p>
        <button type="submit" class="button primary" [disabled]="isSubmitting()">{{ t.submit }}</button>
      </form>
    </dialog>
  `,
})
export class SignInDialog {
  readonly #key = inject(SessionKey);
  protected readonly t = texts.signIn;
  protected readonly problem = signal('');
  protected readonly isSubmitting = signal(false);

  protected async submit(event: Event, key: string): Promise<void> {
    event.preventDefault();
    this.isSubmitting.set(true);
    this.problem.set('');
    try {
      await new ParleyClient({ apiKey: key.trim() }).listConversations({ limit: 1 });
      this.#key.store(key.trim());
    } catch (error) {
      const isWrong = error instanceof ProblemError && error.status === 401;
      this.problem.set(isWrong ? this.t.wrong : this.t.failed);
    }
    this.isSubmitting.set(false);
  }
}
