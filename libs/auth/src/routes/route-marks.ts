import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, type Reflector } from '@nestjs/core';
import { Audited } from '../audited.js';
import { OperatorOnlyMark } from '../operator-only.js';
import { PublicMark } from '../public.js';

type Handler = (...args: unknown[]) => unknown;

/** What the decorators of a route say about access to it. */
export interface RouteMarks {
  isPublic: boolean;
  isOperatorOnly: boolean;
  /** The action of `@Audited`. */
  action: string | undefined;
}

/** The marks of a handler and its controller; the handler's come first. */
function marksOf(reflector: Reflector, handler: Handler, controller: Type): RouteMarks {
  const targets = [handler, controller];
  return {
    isPublic: reflector.getAllAndOverride(PublicMark, targets) === true,
    isOperatorOnly: reflector.getAllAndOverride(OperatorOnlyMark, targets) === true,
    action: reflector.get(Audited, handler),
  };
}

/**
 * The marks of every route of some controllers, by method and pattern as the router knows them (`DELETE /api/things/:id`).
 * Global prefixes and versions are not supported: their routes are missing here, which makes them need a key.
 */
export function routeMarks(reflector: Reflector, controllers: readonly Type[]): Map<string, RouteMarks> {
  const scanner = new MetadataScanner();
  const marks = new Map<string, RouteMarks>();
  for (const controller of controllers) {
    const prototype = controller.prototype as Record<string, Handler>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      if (handler === undefined) continue;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) continue;
      const found = marksOf(reflector, handler, controller);
      for (const path of pathsOf(controller, handler)) marks.set(`${RequestMethod[method]} ${path}`, found);
    }
  }
  return marks;
}

function pathsOf(controller: Type, handler: Handler): string[] {
  const list = (target: object): string[] =>
    [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined].flat().map(String);
  return list(controller).flatMap((base) =>
    list(handler).map((path) => `/${base}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')),
  );
}
