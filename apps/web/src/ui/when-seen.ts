import { Directive, ElementRef, inject, type OnDestroy, output } from '@angular/core';

/** Emits each time its element is less than 200 px away from the visible area. */
@Directive({ selector: '[pWhenSeen]' })
export class WhenSeen implements OnDestroy {
  readonly pWhenSeen = output();
  readonly #observer = new IntersectionObserver(
    ([entry]) => {
      if (entry?.isIntersecting === true) this.pWhenSeen.emit();
    },
    { rootMargin: '200px' },
  );

  constructor() {
    this.#observer.observe(inject<ElementRef<Element>>(ElementRef).nativeElement);
  }

  ngOnDestroy(): void {
    this.#observer.disconnect();
  }
}
