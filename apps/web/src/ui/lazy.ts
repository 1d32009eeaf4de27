import { Directive, effect, inject, input, type Type, untracked, ViewContainerRef } from '@angular/core';

/** Loads the code of a component. */
export type Load = () => Promise<Type<unknown>>;

/** Pause between two attempts to load, in ms: the server may be unreachable. */
const retryMs = 2_000;

/** Loads a component, which has no inputs, and creates it in place of the directive's element. */
@Directive({ selector: '[pLazy]' })
export class Lazy {
  readonly pLazy = input.required<Load>();
  readonly #container = inject(ViewContainerRef);

  constructor() {
    effect((onCleanup) => {
      const load = this.pLazy();
      let isCurrent = true;
      onCleanup(() => (isCurrent = false));
      untracked(() => void this.#create(load, () => isCurrent));
    });
  }

  async #create(load: Load, isCurrent: () => boolean): Promise<void> {
    while (isCurrent()) {
      try {
        const component = await load();
        if (isCurrent()) this.#container.createComponent(component);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
