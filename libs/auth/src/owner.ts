import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Who owns everything when there are no keys (`mode: 'none'`). */
export const LOCAL_OWNER = 'local';

const OWNER = Symbol('owner');

/** A request that the guard has let pass. */
interface OwnedRequest {
  [OWNER]?: string;
}

/** Notes on a request whose it is. */
export function setOwner(request: object, owner: string): void {
  (request as OwnedRequest)[OWNER] = owner;
}

/**
 * Whose request it is. Throws on a route that is public or has no guard: there, nobody's name is known, and an undefined
 * owner must never reach a query.
 */
export function ownerOf(request: object): string {
  const owner = (request as OwnedRequest)[OWNER];
  if (owner === undefined) throw new Error('This route asks for the owner, but no guard has named one.');
  return owner;
}

/** `@Owner() owner: string` in a controller: the name of the key that the request was made with. */
export const Owner = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  ownerOf(context.switchToHttp().getRequest<object>()),
);
