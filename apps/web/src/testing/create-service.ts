import { Injector, runInInjectionContext, type StaticProvider, type Type } from '@angular/core';

/**
 * Creates services without Angular's compiler. Every class that a service injects has to be listed: either as a class,
 * which is created once with its own dependencies, or as a provider with another value.
 */
export function createInjector(provided: readonly (Type<unknown> | StaticProvider)[]): Injector {
  const providers = provided.map((one): StaticProvider =>
    typeof one === 'function' ? { provide: one, useFactory: () => new one() } : one,
  );
  return Injector.create({ providers });
}

/** Creates one service whose dependencies an injector has. */
export function createService<T>(type: Type<T>, injector: Injector): T {
  return runInInjectionContext(injector, () => new type());
}
