import { afterNextRender, Directive, ElementRef, inject } from '@angular/core';

/** Focuses its element when it has been rendered, and selects the text of an input. */
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
