import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, type Reflector } from '@nestjs/core';
import { Audited } from '../audited.js';
import { OperatorOnlyMetadata } from '../operator-only.js';
import { PublicMetadata } from '../public.js';

type Handler = (...args: unknown[]) => unknown;

/** The access rules of a route, from its decorators. */
export interface RouteAccess {
  isPublic: boolean;
  isOperatorOnly: boolean;
  /** The action of `@Audited`, if any. */
  action: string | undefined;
}

/** The access rules of a handler. Its decorators override those of its controller. */
function accessOf(reflector: Reflector, handler: Handler, controller: Type): RouteAccess {
  const targets = [handler, controller];
  return {
    isPublic: reflector.getAllAndOverride(PublicMetadata, targets) === true,
    isOperatorOnly: reflector.getAllAndOverride(OperatorOnlyMetadata, targets) === true,
    action: reflector.get(Audited, handler),
  };
}

/**
 * Reads the access rules of all routes of the controllers, by method and path pattern as in the router
 * (`DELETE /api/things/:id`). Global prefixes and versions are not supported: such routes are missing, so they require a key.
 */
export function readRouteAccess(
  reflector: Reflector,
  controllers: readonly Type[],
): Map<string, RouteAccess> {
  const scanner = new MetadataScanner();
  const byRoute = new Map<string, RouteAccess>();
  for (const controller of controllers) {
    const prototype = controller.prototype as Record<string, Handler>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      if (handler === undefined) continue;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) continue;
      const access = accessOf(reflector, handler, controller);
      for (const path of pathsOf(controller, handler))
        byRoute.set(`${RequestMethod[method]} ${path}`, access);
    }
  }
  return byRoute;
}

function pathsOf(controller: Type, handler: Handler): string[] {
  const list = (target: object): string[] =>
    [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined].flat().map(String);
  return list(controller).flatMap((base) =>
    list(handler).map((path) => `/${base}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')),
  );
}
