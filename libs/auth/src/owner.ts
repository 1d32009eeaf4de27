import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** The owner of everything when there are no keys (`mode: 'none'`). */
export const LOCAL_OWNER = 'local';

/** The caller of a request, as identified by its key. */
export interface Identity {
  /** The name of the key, or {@link LOCAL_OWNER} in mode `none`. */
  owner: string;
  /** Whether the key may read metrics and addresses of LLM servers. */
  isOperator: boolean;
}

const IDENTITY = Symbol('identity');

interface IdentifiedRequest {
  [IDENTITY]?: Identity;
}

/** Attaches the identity of the caller to a request. */
export function setIdentity(request: object, identity: Identity): void {
  (request as IdentifiedRequest)[IDENTITY] = identity;
}

/** The identity of a request's caller; undefined on public routes and before authentication. */
export function identityOf(request: object): Identity | undefined {
  return (request as IdentifiedRequest)[IDENTITY];
}

/**
 * The owner of a request.
 * @throws Error on a route that is public or not guarded, as an undefined owner must never reach a query
 */
export function ownerOf(request: object): string {
  const identity = identityOf(request);
  if (identity === undefined)
    throw new Error('This route requires an owner, but no guard has identified one.');
  return identity.owner;
}

/** Whether a request was made with an operator key, or to a server without keys. */
export function isOperator(request: object): boolean {
  return identityOf(request)?.isOperator === true;
}

/** Parameter decorator `@Owner() owner: string`: the name of the request's key. Throws like {@link ownerOf}. */
export const Owner = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  ownerOf(context.switchToHttp().getRequest<object>()),
);

/** Parameter decorator `@IsOperator() isOperator: boolean`: whether the request was made with an operator key. */
export const IsOperator = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  isOperator(context.switchToHttp().getRequest<object>()),
);
