import { type Behaviour } from '../behaviour/behaviour.js';
import { type ReceivedRequest } from '../server/request-log.js';

/** What the control port needs of a mock. */
export interface Controllable {
  readonly url: string;
  readonly isDown: boolean;
  readonly behaviour: Behaviour;
  readonly connections: number;
  readonly connectionsAccepted: number;
  readonly requests: readonly ReceivedRequest[];
  readonly requestsReceived: number;
  behave(change: Partial<Behaviour>): void;
  behaveOnce(change: Partial<Behaviour>, count?: number): void;
  dropConnections(options: object): number;
  goDown(forMs?: number): Promise<void>;
  comeUp(): Promise<void>;
  reset(): Promise<void>;
}
