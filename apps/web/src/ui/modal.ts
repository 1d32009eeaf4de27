import { afterNextRender, Directive, ElementRef, inject, output } from '@angular/core';

/** Opens its dialog as a modal one when it has been rendered; `closed` is emitted when it closes. */
@Directive({ selector: 'dialog[pModal]', host: { '(close)': 'closed.emit()' } })
export class Modal {
  readonly closed = output();

  constructor() {
    const dialog = inject<ElementRef<HTMLDialogElement>>(ElementRef).nativeElement;
    afterNextRender(() => dialog.showModal());
  }
}
