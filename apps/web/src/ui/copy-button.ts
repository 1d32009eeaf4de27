import { Component, inject, input, signal } from '@angular/core';
import { Notices } from '../page/notices';
import { texts } from '../texts/texts';
import { copyText } from './clipboard';
import { IconButton } from './icon-button';

/** How long the button shows that it has copied, in ms. */
const confirmationMs = 2_000;

/** A button that copies a text to the clipboard. */
@Component({
  selector: 'p-copy-button',
  imports: [IconButton],
  template: `
    <button
      [pIconButton]="isCopied() ? 'check' : 'copy'"
      [label]="isCopied() ? t.copied : t.copy"
      (click)="copy()"
    ></button>
  `,
})
export class CopyButton {
  readonly text = input.required<string>();
  readonly #notices = inject(Notices);
  protected readonly t = texts.message;
  protected readonly isCopied = signal(false);

  protected async copy(): Promise<void> {
    if (!(await copyText(this.text()))) {
      this.#notices.show(this.t.copyFailed);
      return;
    }
    this.isCopied.set(true);
    setTimeout(() => this.isCopied.set(false), confirmationMs);
  }
}
