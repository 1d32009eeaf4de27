import { afterNextRender, Directive, ElementRef, inject, output } from '@angular/core';

/** Opens its dialog as soon as it is there, over everything else, and tells when it was closed. */
@Directive({ selector: 'dialog[pModal]', host: { '(close)': 'closed.emit()' } })
export class Modal {
  readonly closed = output();

  constructor() {
    const dialog = inject<ElementRef<HTMLDialogElement>>(ElementRef).nativeElement;
    afterNextRender(() => dialog.showModal());
  }
}
