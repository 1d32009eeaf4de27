import { AllowedHosts, crossSiteRequest, isCrossSite, misdirectedRequest } from '#auth';
import { openAiErrors } from '#openai';
import { type Problem, routeNotFound, sendProblem } from '#problems';
import { type FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Configuration } from '../configuration/index.js';
import { isHiddenDocsFile, setResponseHeaders } from './response-headers.js';
import { isClosing } from './unread-bodies.js';

/** Orchestrators call these probes by the address of the container. The probes show only whether the server works. */
const probes: ReadonlySet<string> = new Set(['/health/live', '/health/ready']);

/**
 * Adds the first hook of every request, before CORS, authentication and the body: it sets the response headers, and
 * refuses a `Host` that is not allowed (421) and changes requested by pages of other origins (403).
 */
export function addFrontHook(adapter: FastifyAdapter, { auth, http }: Configuration): void {
  const isOpen = auth.mode === 'none';
  const hosts = isOpen || http.allowedHosts.length > 0 ? new AllowedHosts(http.allowedHosts) : undefined;
  const crossSite = { allowedOrigins: http.corsOrigins, comparesOrigins: isOpen };

  const refusal = (request: FastifyRequest, route: string): Problem | undefined => {
    const names = hosts !== undefined || isOpen ? hostsOf(request) : [];
    if (hosts !== undefined && !probes.has(route) && !names.every((name) => hosts.allows(name))) {
      return misdirectedRequest();
    }
    if (isCrossSite(request.method, request.headers, names, crossSite)) return crossSiteRequest();
    return isHiddenDocsFile(request, route) ? routeNotFound(request.method, request.originalUrl) : undefined;
  };

  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (isClosing(request.raw)) return void reply.hijack();
    // Read once: Fastify creates this object on every access.
    const { url: route = '' } = request.routeOptions;
    setResponseHeaders(request, reply, route);
    const problem = refusal(request, route);
    if (problem === undefined) done();
    else sendProblem(request, reply, problem, [openAiErrors]);
  });
}

/** Every host that the request names: in `Host`, in an absolute request target, and in the headers of a trusted proxy. */
function hostsOf(request: FastifyRequest): (string | undefined)[] {
  const { rawHeaders, headers } = request.raw;
  const names: (string | undefined)[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') names.push(rawHeaders[at + 1]);
  }
  // Undefined if there is none, which is never allowed.
  if (names.length === 0) names.push(headers.host);
  // A target in absolute form contains a host as well, which the router ignores.
  if (!request.originalUrl.startsWith('/')) names.push(URL.parse(request.originalUrl)?.host);
  if (request.host !== headers.host) names.push(request.host);
  return names;
}
