import { variableMistakes } from '#llm';
import { namedProtocol, type NamedProtocol } from '../protocol-file/named-protocol.js';
import { type RouteConfiguration } from '../configuration.js';
import { type Mistake } from '../yaml-file/mistake.js';
import { childOf } from '../yaml-file/pointer.js';
import { listAt, partOf } from './parts.js';

/** The protocols that the routes of an LLM file name. */
export class RouteProtocols {
  readonly #byName = new Map<string, NamedProtocol>();

  readonly #file: string;
  readonly #readFile: (path: string) => string;

  /**
   * @param file the LLM file, which paths are relative to
   * @param readFile returns the text of a file; throws if it cannot be read
   */
  constructor(file: string, readFile: (path: string) => string) {
    this.#file = file;
    this.#readFile = readFile;
  }

  /** Mistakes in the names of protocols, and in the variables of routes. */
  mistakesIn(value: unknown): Mistake[] {
    return listAt(value, 'routes').flatMap((route, index) => {
      const name = partOf(route, 'protocol');
      if (typeof name !== 'string' || name === '') return [];
      const at = childOf('/routes', index);
      const { protocol, mistake } = this.#named(name);
      if (mistake !== undefined) return [{ at: childOf(at, 'protocol'), message: mistake }];
      const given = partOf(route, 'variables');
      if (protocol === undefined || (given !== undefined && typeof given !== 'object')) return [];
      const variables = (given ?? {}) as RouteConfiguration['variables'];
      return variableMistakes({ variables }, protocol).map(({ name: key, message }) => ({
        at: childOf(childOf(at, 'variables'), key),
        message,
        isKey: true,
      }));
    });
  }

  /** Mistakes in the files that routes name, one per line. */
  get inFiles(): string[] {
    return [...this.#byName.values()].flatMap(({ inFile }) => inFile);
  }

  /** The protocol with this name. Call it only if there are no mistakes. */
  configured(name: string): RouteConfiguration['protocol'] {
    return this.#named(name).description ?? name;
  }

  #named(name: string): NamedProtocol {
    const known = this.#byName.get(name) ?? namedProtocol(name, this.#readFile, this.#file);
    this.#byName.set(name, known);
    return known;
  }
}
