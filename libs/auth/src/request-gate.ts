import { Problem, routeNotFound } from '#problems';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, Reflector } from '@nestjs/core';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Socket } from 'node:net';
import { MODULE_OPTIONS_TOKEN } from './auth.definition.js';
import { authDefaults, type AuthOptions } from './auth.options.js';
import { AuthObserver } from './auth-observer.js';
import { clientOf } from './client-address.js';
import { watchConnections } from './connections/watch-connections.js';
import { KeyRing } from './keys/key-ring.js';
import { type Identity, LOCAL_OWNER, setIdentity } from './owner.js';
import { type RouteMarks, routeMarks } from './routes/route-marks.js';
import { Authenticator } from './sign-in/authenticator.js';
import { FailedSignInCounter } from './sign-in/failed-sign-in-counter.js';

/** How often completed minutes of failed sign-ins are reported, in ms. */
const reportIntervalMs = 5_000;

const local: Identity = { owner: LOCAL_OWNER, isOperator: true };

/**
 * Decides from the headers alone whether a request may go on: in Fastify's `onRequest`, before a byte of its body is read
 * or asked for (`Expect: 100-continue`). Unknown routes are 404 here, so that their bodies are not read either.
 */
@Injectable()
export class RequestGate implements OnModuleInit, OnApplicationShutdown {
  readonly #authenticator: Authenticator | undefined;
  readonly #failures: FailedSignInCounter;
  #marks = new Map<string, RouteMarks>();
  #identified: (socket: Socket) => void = () => undefined;
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

  /** Adds the hooks. All controllers are known by now, and the server does not listen yet. */
  onModuleInit(): void {
    const controllers = this.#discovery.getControllers().flatMap(({ metatype }) => metatype ?? []);
    this.#marks = routeMarks(this.#reflector, controllers as Type[]);
    const fastify = this.#adapterHost.httpAdapter.getInstance<FastifyInstance>();
    // By default Node sends `100 Continue` before the request has been checked.
    fastify.server.on('checkContinue', (request, response) =>
      fastify.server.emit('request', request, response),
    );
    fastify.addHook('onRequest', (request, reply, done) => done(this.#admit(request, reply)));
    if (this.#authenticator === undefined) return;
    const {
      anonymousConnections: maxPerAddress = authDefaults.anonymousConnections,
      allAnonymousConnections = Number.POSITIVE_INFINITY,
      trustsPeer = () => false,
    } = this.#options;
    const maxTotal = Math.min(allAnonymousConnections, maxPerAddress * authDefaults.anonymousAddresses);
    this.#identified = watchConnections(fastify.server, { maxPerAddress, maxTotal, trustsPeer });
    this.#timer = setInterval(() => this.#failures.closeMinutes(performance.now()), reportIntervalMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#failures.closeMinutes(Number.POSITIVE_INFINITY);
  }

  /** Identifies the caller by the headers. @throws the 401 or 429 problem that refuses the request */
  identify(request: FastifyRequest): Identity {
    const identity = this.#authenticator?.authenticate(request.headers, addressOf(request)) ?? local;
    if (identity instanceof Problem) throw identity;
    return identity;
  }

  /** The problem that refuses the request; undefined if it may continue. */
  #admit(request: FastifyRequest, reply: FastifyReply): Problem | undefined {
    const { method, url } = request.routeOptions;
    const marks = this.#marks.get(`${request.method === 'HEAD' ? 'GET' : String(method)} ${url}`);
    if (marks?.isPublic !== true) {
      const identity = this.#authenticator?.authenticate(request.headers, addressOf(request)) ?? local;
      const refusal = this.#refusal(request, identity, marks);
      if (refusal !== undefined) return refusal;
      if (!(identity instanceof Problem)) this.#note(request, reply, identity, marks);
    }
    if (request.is404) return routeNotFound(request.method, request.originalUrl);
    if (expectsContinue(request)) reply.raw.writeContinue();
    return undefined;
  }

  #refusal(
    request: FastifyRequest,
    identity: Identity | Problem,
    marks: RouteMarks | undefined,
  ): Problem | undefined {
    if (identity instanceof Problem) return needsKey(request, marks) ? identity : undefined;
    if (marks?.isOperatorOnly !== true || identity.isOperator) return undefined;
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

  #note(
    request: FastifyRequest,
    reply: FastifyReply,
    identity: Identity,
    marks: RouteMarks | undefined,
  ): void {
    setIdentity(request, identity);
    this.#identified(request.raw.socket);
    const action = marks?.action;
    if (action === undefined) return;
    const address = addressOf(request);
    // Also when the client disconnects early: the part of an export that was sent is disclosed.
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
 * Whether a request without a valid key ends here. Routes that no controller has (files of the page, descriptions of the
 * API) are open to requests without a body.
 */
function needsKey(request: FastifyRequest, marks: RouteMarks | undefined): boolean {
  if (marks !== undefined) return true;
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
    title: 'This needs an operator key',
    detail: 'The key is valid, but it is not one of OPERATOR_KEYS.',
  });
}
