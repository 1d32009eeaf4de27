import { afterNextRender, Directive, ElementRef, inject } from '@angular/core';

/** Takes the focus as soon as it is there, and selects its text. */
@Directive({ selector: '[pFocus]' })
export class Focus {
  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => {
      element.focus();
      if (element instanceof HTMLInputElement) element.select();
    });
  }
}
