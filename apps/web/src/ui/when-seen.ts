import { Directive, ElementRef, inject, type OnDestroy, output } from '@angular/core';

/** Tells each time that its element comes into view, a little before it does. */
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
