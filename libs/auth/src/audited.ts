import { Reflector } from '@nestjs/core';

/**
 * `@Audited('conversation.delete')` on a route: each authenticated request to it is reported as the event `audited` of
 * `AuthObserver`, with its owner, the ids of its path and its request id.
 */
export const Audited = Reflector.createDecorator<string>();
