import { unauthorized } from '#problems';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type IncomingHttpHeaders } from 'node:http';
import { MODULE_OPTIONS_TOKEN } from './auth.definition.js';
import { type AuthOptions } from './auth.options.js';
import { KeyRing } from './key-ring.js';
import { LOCAL_OWNER, setOwner } from './owner.js';
import { presentedKey } from './presented-key.js';
import { PublicMark } from './public.js';

/**
 * The global guard: lets a request pass as its key's owner, or as `local` where there are no keys.
 * Throws 401 problems `missing_api_key` and `invalid_api_key`, which never repeat what was presented.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly ring: KeyRing | undefined;

  constructor(
    private readonly reflector: Reflector,
    @Inject(MODULE_OPTIONS_TOKEN) options: AuthOptions,
  ) {
    this.ring = options.mode === 'keys' ? new KeyRing(options.keys) : undefined;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride(PublicMark, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>();
    setOwner(request, this.ring === undefined ? LOCAL_OWNER : authenticate(this.ring, request.headers));
    return true;
  }
}

function authenticate(ring: KeyRing, headers: IncomingHttpHeaders): string {
  const key = presentedKey(headers);
  if (key === undefined) {
    throw unauthorized('missing_api_key', 'Send an API key: Authorization: Bearer KEY, or X-API-Key: KEY.');
  }
  const owner = ring.ownerOf(key);
  if (owner === undefined) {
    throw unauthorized('invalid_api_key', 'This API key is not known.', 'Bearer error="invalid_token"');
  }
  return owner;
}
