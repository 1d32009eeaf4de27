import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { identityOf, setIdentity } from './owner.js';
import { PublicMark } from './public.js';
import { RequestGate } from './request-gate.js';

/**
 * The global guard behind {@link RequestGate}: no route of a controller runs without an identity unless it is public,
 * even where the hook of the gate does not run. Throws the same problems.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  readonly #reflector: Reflector;
  readonly #gate: RequestGate;

  constructor(reflector: Reflector, gate: RequestGate) {
    this.#reflector = reflector;
    this.#gate = gate;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.#reflector.getAllAndOverride(PublicMark, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (identityOf(request) === undefined) setIdentity(request, this.#gate.identify(request));
    return true;
  }
}
