import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { identityOf, setIdentity } from './owner.js';
import { PublicMetadata } from './public.js';
import { AuthHook } from './auth-hook.js';

/**
 * The global guard behind {@link AuthHook}: ensures that no non-public route of a controller runs without an identity, even
 * where the hook does not run. Throws the same problems.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  readonly #reflector: Reflector;
  readonly #hook: AuthHook;

  constructor(reflector: Reflector, hook: AuthHook) {
    this.#reflector = reflector;
    this.#hook = hook;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.#reflector.getAllAndOverride(PublicMetadata, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (identityOf(request) === undefined) setIdentity(request, this.#hook.identify(request));
    return true;
  }
}
