import { type DecodedFrame } from '../protocols/protocol.js';
import { type ConnectionSetup } from './dial/connection-setup.js';
import { type OpenExchange } from './exchange.js';
import { isUniqueRequestId } from './request-id.js';

/** Passes over the frames of one connection that the protocol does not know, and reports them. */
export class UnknownFrames {
  #count = 0;
  readonly #report: ConnectionSetup['onUnknownFrame'];

  constructor(report: ConnectionSetup['onUnknownFrame']) {
    this.#report = report;
  }

  /**
   * Passes over a frame, unless it may contain a part of an answer that has begun, or of one that has ended.
   * @param open the requests in flight
   * @param isUsed whether the connection has carried a request
   * @returns false if the frame must end the connection
   */
  passOver(frame: DecodedFrame, open: readonly OpenExchange[], isUsed: boolean): boolean {
    const { unknown, requestId } = frame;
    if (unknown === undefined) return false;
    const isOfOther =
      isUniqueRequestId(requestId) && !open.some(({ context }) => context.requestId === requestId);
    const hasBegun = open.length === 0 ? isUsed : open.some((exchange) => exchange.hasBegun);
    if (unknown.isOfAnswer && hasBegun && !isOfOther) return false;
    for (const exchange of open) exchange.firstUnknown ??= unknown.error;
    this.#report?.(unknown.error.detail, this.#count === 0);
    this.#count += 1;
    return true;
  }
}
