import { Directive, effect, inject, input, type Type, untracked, ViewContainerRef } from '@angular/core';

/** Loads the code of a component. */
export type Load = () => Promise<Type<unknown>>;

/** Between two tries to load, in ms: the server may be away. */
const retryMs = 2_000;

/** Puts a component in its place whose code is not loaded before it is needed. It takes no inputs. */
@Directive({ selector: '[pLazy]' })
export class Lazy {
  readonly pLazy = input.required<Load>();
  readonly #place = inject(ViewContainerRef);

  constructor() {
    effect((onCleanup) => {
      const load = this.pLazy();
      let isWanted = true;
      onCleanup(() => (isWanted = false));
      untracked(() => void this.#fill(load, () => isWanted));
    });
  }

  async #fill(load: Load, isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      try {
        const component = await load();
        if (isWanted()) this.#place.createComponent(component);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
