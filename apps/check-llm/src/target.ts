import { describedProtocol, protocolNamed, systemTrust, type LlmProtocol } from '#llm';
import {
  ConfigurationError,
  llmChain,
  loadConfiguration,
  type LlmConfiguration,
  type RouteConfiguration,
} from '#configuration';
import { type CheckOptions } from './command-line.js';
import { type Expectations } from './judge/expectations.js';
import { rulesOf, withProtocol, type CheckedServer } from './connection/checked-server.js';

/** The server to check, and its configuration. */
export interface Target {
  server: CheckedServer;
  /** Whether the command line or the configuration names a protocol. */
  isProtocolGiven: boolean;
  llm: LlmConfiguration;
  route: RouteConfiguration;
}

/**
 * Finds the server by the command line and the configuration.
 * @throws ConfigurationError with every mistake
 */
export function findTarget(
  { address, protocol, model, route: routeName }: CheckOptions,
  environment: NodeJS.ProcessEnv,
  file = '.env',
): Target {
  const effective: NodeJS.ProcessEnv = {
    ...environment,
    ...(address === undefined ? {} : { LLM_WEBSOCKET_URL: address }),
    ...(protocol === undefined ? {} : { LLM_PROTOCOL: protocol }),
    ...(model === undefined ? {} : { LLM_MODEL_NAME: model }),
  };
  const { llm } = load(effective, file, protocol !== undefined, address !== undefined);
  const chain = llmChain(address === undefined || routeName !== undefined ? llm : { ...llm, routes: [] });
  const route = routeName === undefined ? chain[0] : chain.find(({ name }) => name === routeName);
  if (route === undefined) {
    const known = chain.map(({ name }) => name).join(', ');
    throw new ConfigurationError([`--route is ${JSON.stringify(routeName)}; known are ${known}`]);
  }
  const url = address ?? route.endpoints[0]?.url;
  if (url === undefined) {
    throw new ConfigurationError([
      'there is no address of a server: add one, such as ws://localhost:8000/ws',
    ]);
  }
  const configured = protocolOf(protocol === undefined ? route.protocol : llm.protocol);
  const { apiKey, apiVersion, clientId, variables } = route;
  const credentials = {
    apiKey,
    apiVersion,
    clientId,
    variables: protocol === undefined ? variables : llm.variables,
  };
  const secureContext = /^wss:/i.test(url) ? systemTrust(llm.extraCa) : undefined;
  return {
    server: withProtocol(configured, {
      url,
      model: model ?? route.model,
      credentials,
      secureContext,
      proxy: llm.proxy,
    }),
    isProtocolGiven: protocol !== undefined || configured.name !== 'guide' || isSet(environment.LLM_PROTOCOL),
    llm,
    route,
  };
}

/** What protocol and configuration promise about a server. */
export function expectationsOf(server: CheckedServer, { llm, route }: Target): Expectations {
  const { limits = {} } = server.protocol;
  return {
    protocol: server.protocol.name,
    rules: rulesOf(server),
    hasHandshake: server.protocol.handshake?.(contextOf(server)) !== undefined,
    hasKey: server.credentials.apiKey !== undefined,
    model: server.model,
    multiplex: route.multiplex ?? llm.multiplex,
    reuse: route.reuse ?? llm.reuse,
    emptyAnswer: route.emptyAnswer ?? server.protocol.emptyAnswer ?? llm.emptyAnswer,
    maxConnections: llm.maxConnections,
    connectTimeoutMs: limits.connectMs ?? llm.connectTimeoutMs,
    firstTokenTimeoutMs: limits.firstTokenMs ?? llm.firstTokenTimeoutMs,
    idleTimeoutMs: limits.idleMs ?? llm.idleTimeoutMs,
    timeoutMs: Math.min(limits.totalMs ?? Infinity, llm.timeoutMs),
    maxTokens: llm.maxTokens,
    ownLimits: [
      ...(limits.connectMs === undefined ? [] : (['connect'] as const)),
      ...(limits.firstTokenMs === undefined ? [] : (['first_token'] as const)),
      ...(limits.idleMs === undefined ? [] : (['idle'] as const)),
      ...(limits.totalMs !== undefined && limits.totalMs < llm.timeoutMs ? (['total'] as const) : []),
    ],
  };
}

function contextOf({ model, credentials }: CheckedServer) {
  return { model, credentials, connectionId: '000000000000', now: new Date() };
}

function load(
  environment: NodeJS.ProcessEnv,
  file: string,
  isProtocolGiven: boolean,
  isAddressGiven: boolean,
) {
  try {
    return loadConfiguration(environment, file, 'checking');
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // Mistakes in values of the command line are reported with the name of the option.
    const mistakes = error.mistakes.map((mistake) =>
      mistake
        .replace(isProtocolGiven ? /^LLM_PROTOCOL\b(?!_)/ : /^$/, '--protocol')
        .replace(isAddressGiven ? /^LLM_WEBSOCKET_URL\b(?!S)/ : /^$/, 'the address'),
    );
    throw new ConfigurationError(mistakes);
  }
}

function protocolOf(protocol: RouteConfiguration['protocol']): LlmProtocol {
  return typeof protocol === 'string' ? protocolNamed(protocol)! : describedProtocol(protocol);
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}
