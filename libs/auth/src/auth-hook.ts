import { Problem, routeNotFound } from '#problems';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, Reflector } from '@nestjs/core';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Socket } from 'node:net';
import { MODULE_OPTIONS_TOKEN } from './auth.module-definition.js';
import { authDefaults, type AuthOptions } from './auth-options.js';
import { AuthObserver } from './auth-observer.js';
import { clientOf } from './client-address.js';
import { limitAnonymousConnections } from './connections/limit-anonymous-connections.js';
import { KeyRing } from './keys/key-ring.js';
import { type Identity, LOCAL_OWNER, setIdentity } from './owner.js';
import { type RouteAccess, readRouteAccess } from './routes/route-access.js';
import { Authenticator } from './sign-in/authenticator.js';
import { FailedSignInCounter } from './sign-in/failed-sign-in-counter.js';

/** Interval at which completed minutes of failed sign-ins are reported, in ms. */
const reportIntervalMs = 5_000;

const local: Identity = { owner: LOCAL_OWNER, isOperator: true };

/**
 * Authenticates requests by their headers in Fastify's `onRequest` hook, before their body is read or requested
 * (`Expect: 100-continue`). Unknown routes get 404 here, so that their bodies are not read either.
 */
@Injectable()
export class AuthHook implements OnModuleInit, OnApplicationShutdown {
  readonly #authenticator: Authenticator | undefined;
  readonly #failures: FailedSignInCounter;
  #accessByRoute = new Map<string, RouteAccess>();
  /** Stops counting the socket's connection as anonymous. */
  #markAuthenticated: (socket: Socket) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #adapterHost: HttpAdapterHost;
  readonly #discovery: DiscoveryService;
  readonly #reflector: Reflector;
  readonly #observer: AuthObserver;
  readonly #options: AuthOptions;

  constructor(
    adapterHost: HttpAdapterHost,
    discovery: DiscoveryService,
    reflector: Reflector,
    observer: AuthObserver,
    @Inject(MODULE_OPTIONS_TOKEN) options: AuthOptions,
  ) {
    this.#adapterHost = adapterHost;
    this.#discovery = discovery;
    this.#reflector = reflector;
    this.#observer = observer;
    this.#options = options;
    const { failedSignIns = authDefaults.failedSignIns } = options;
    const { trackedAddresses } = authDefaults;
    this.#failures = new FailedSignInCounter({ failedSignIns, trackedAddresses }, (failed) =>
      this.#observer.emit('signInFailed', failed),
    );
    if (options.mode === 'none') return;
    const ring = new KeyRing(options.keys, options.operatorKeys);
    this.#authenticator = new Authenticator(ring, this.#failures, () => performance.now());
  }

  /** Adds the hooks: after all controllers are registered, before the server listens. */
  onModuleInit(): void {
    const controllers = this.#discovery.getControllers().flatMap(({ metatype }) => metatype ?? []);
    this.#accessByRoute = readRouteAccess(this.#reflector, controllers as Type[]);
    const fastify = this.#adapterHost.httpAdapter.getInstance<FastifyInstance>();
    // Without this listener, Node sends `100 Continue` before the request is authenticated.
    fastify.server.on('checkContinue', (request, response) =>
      fastify.server.emit('request', request, response),
    );
    fastify.addHook('onRequest', (request, reply, done) => done(this.#onRequest(request, reply)));
    if (this.#authenticator === undefined) return;
    const {
      anonymousConnections: maxPerAddress = authDefaults.anonymousConnections,
      allAnonymousConnections = Number.POSITIVE_INFINITY,
      trustsPeer = () => false,
    } = this.#options;
    const maxTotal = Math.min(allAnonymousConnections, maxPerAddress * authDefaults.anonymousAddresses);
    this.#markAuthenticated = limitAnonymousConnections(fastify.server, {
      maxPerAddress,
      maxTotal,
      trustsPeer,
    });
    this.#timer = setInterval(() => this.#failures.closeMinutes(performance.now()), reportIntervalMs).unref();
  }

  /** Reports the failed sign-ins of minutes that are not complete. */
  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#failures.closeMinutes(Number.POSITIVE_INFINITY);
  }

  /** Identifies the caller by the headers. @throws Problem 401 or 429 */
  identify(request: FastifyRequest): Identity {
    const identity = this.#authenticator?.authenticate(request.headers, addressOf(request)) ?? local;
    if (identity instanceof Problem) throw identity;
    return identity;
  }

  /** @returns the problem to reject the request with; undefined if it may continue */
  #onRequest(request: FastifyRequest, reply: FastifyReply): Problem | undefined {
    const { method, url } = request.routeOptions;
    const access = this.#accessByRoute.get(`${request.method === 'HEAD' ? 'GET' : String(method)} ${url}`);
    if (access?.isPublic !== true) {
      const identity = this.#authenticator?.authenticate(request.headers, addressOf(request)) ?? local;
      const rejection = this.#rejection(request, identity, access);
      if (rejection !== undefined) return rejection;
      if (!(identity instanceof Problem)) this.#accept(request, reply, identity, access);
    }
    if (request.is404) return routeNotFound(request.method, request.originalUrl);
    if (expectsContinue(request)) reply.raw.writeContinue();
    return undefined;
  }

  #rejection(
    request: FastifyRequest,
    identity: Identity | Problem,
    access: RouteAccess | undefined,
  ): Problem | undefined {
    if (identity instanceof Problem) return needsKey(request, access) ? identity : undefined;
    if (access?.isOperatorOnly !== true || identity.isOperator) return undefined;
    const { owner } = identity;
    const path = request.routeOptions.url ?? '';
    this.#observer.emit('operatorRefused', {
      owner,
      requestId: request.id,
      address: addressOf(request),
      path,
    });
    return operatorKeyRequired();
  }

  #accept(
    request: FastifyRequest,
    reply: FastifyReply,
    identity: Identity,
    access: RouteAccess | undefined,
  ): void {
    setIdentity(request, identity);
    this.#markAuthenticated(request.raw.socket);
    const action = access?.action;
    if (action === undefined) return;
    const address = addressOf(request);
    // Also when the client disconnects early: it has received part of an export.
    reply.raw.once('close', () => {
      const location = reply.getHeader('location');
      this.#observer.emit('audited', {
        action,
        owner: identity.owner,
        ids: {
          ...(request.params as Record<string, string>),
          ...(typeof location === 'string' ? { location } : {}),
        },
        requestId: request.id,
        address,
        status: reply.statusCode,
      });
    });
  }
}

/**
 * Whether a request without a valid key is rejected. Routes outside of controllers (files of the page, the API description)
 * are open to requests without a body.
 */
function needsKey(request: FastifyRequest, access: RouteAccess | undefined): boolean {
  if (access !== undefined) return true;
  return !request.is404 && !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
}

/** Whether the client waits for `100 Continue` before it sends the body. */
function expectsContinue({ raw }: FastifyRequest): boolean {
  return raw.httpVersion === '1.1' && /^100-continue$/i.test(raw.headers.expect ?? '');
}

function addressOf(request: FastifyRequest): string {
  const client = clientOf(request.ip);
  return client === 'unknown' ? clientOf(request.raw.socket.remoteAddress) : client;
}

function operatorKeyRequired(): Problem {
  return new Problem({
    status: 403,
    code: 'operator_key_required',
    title: 'This requires an operator key',
    detail: 'The key is valid, but it is not one of OPERATOR_KEYS.',
  });
}
