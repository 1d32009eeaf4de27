import { Injectable } from '@angular/core';
import { SharedConnections } from './shared-connections';

/** The connections for event streams, shared with the other tabs of the browser. */
@Injectable({ providedIn: 'root' })
export class StreamGate {
  readonly #connections = new SharedConnections({
    locks: (navigator as Partial<Navigator>).locks,
    isHidden: () => document.hidden,
    minHoldMs: 1_000,
    checkMs: 250,
  });
  readonly acquire = this.#connections.acquire;
}
