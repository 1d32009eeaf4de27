import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** The owner of everything when there are no keys (`mode: 'none'`). */
export const LOCAL_OWNER = 'local';

/** Who makes a request, as its key says. */
export interface Identity {
  /** The name of the key, or {@link LOCAL_OWNER} without keys. */
  owner: string;
  /** Whether the key may read metrics and addresses of LLM servers. */
  isOperator: boolean;
}

const IDENTITY = Symbol('identity');

/** A request that the gate has authenticated. */
interface IdentifiedRequest {
  [IDENTITY]?: Identity;
}

/** Records who makes a request. */
export function setIdentity(request: object, identity: Identity): void {
  (request as IdentifiedRequest)[IDENTITY] = identity;
}

/** Who makes a request; undefined on public routes and before authentication. */
export function identityOf(request: object): Identity | undefined {
  return (request as IdentifiedRequest)[IDENTITY];
}

/**
 * The owner of a request. Throws on a route that is public or not guarded: an undefined owner must never reach a query.
 */
export function ownerOf(request: object): string {
  const identity = identityOf(request);
  if (identity === undefined) throw new Error('This route needs the owner, but no guard has identified one.');
  return identity.owner;
}

/** Whether a request was made with an operator key, or on a server without keys. */
export function isOperator(request: object): boolean {
  return identityOf(request)?.isOperator === true;
}

/** `@Owner() owner: string` in a controller: the name of the key that the request was made with. */
export const Owner = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  ownerOf(context.switchToHttp().getRequest<object>()),
);

/** `@IsOperator() isOperator: boolean` in a controller: whether the request was made with an operator key. */
export const IsOperator = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  isOperator(context.switchToHttp().getRequest<object>()),
);
