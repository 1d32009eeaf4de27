import { type Behavior } from '../behavior/behavior.js';
import { type ReceivedRequest } from '../server/request-log.js';

/** The functions of a mock that the control port uses. */
export interface Controllable {
  readonly url: string;
  readonly isDown: boolean;
  readonly behavior: Behavior;
  readonly connections: number;
  readonly connectionsAccepted: number;
  readonly requests: readonly ReceivedRequest[];
  readonly requestsReceived: number;
  behave(change: Partial<Behavior>): void;
  behaveOnce(change: Partial<Behavior>, count?: number): void;
  dropConnections(options: object): number;
  goDown(forMs?: number): Promise<void>;
  comeUp(): Promise<void>;
  reset(): Promise<void>;
}
