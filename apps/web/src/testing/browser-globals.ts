/** Adds globals of browsers to Node, or replaces those that Node has. */
export class BrowserGlobals {
  readonly #original = new Map<string, PropertyDescriptor | undefined>();
  readonly #listeners = new Map<string, () => void>();

  constructor(values: Readonly<Record<string, unknown>> = {}) {
    const addEventListener = (type: string, listener: () => void): void =>
      void this.#listeners.set(type, listener);
    for (const [name, value] of Object.entries({
      addEventListener,
      document: { baseURI: 'http://localhost/' },
      ...values,
    })) {
      this.#original.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
  }

  /** Calls the listener of an event of the window. */
  dispatch(type: string): void {
    this.#listeners.get(type)?.();
  }

  /** Restores the globals of Node. */
  restore(): void {
    for (const [name, descriptor] of this.#original) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

/** The part of `Storage` that the page uses, in memory. */
export class MemoryStorage {
  readonly items = new Map<string, string>();
  readonly getItem = (key: string): string | null => this.items.get(key) ?? null;
  readonly setItem = (key: string, value: string): void => void this.items.set(key, value);
  readonly removeItem = (key: string): void => void this.items.delete(key);
}
