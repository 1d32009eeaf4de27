import { describedProtocol, protocolNamed, systemTrust, type LlmProtocol } from '#llm';
import {
  ConfigurationError,
  llmChain,
  loadConfiguration,
  type LlmConfiguration,
  type RouteConfiguration,
} from '#configuration';
import { type CheckOptions } from './command-line.js';
import { type Claims } from './judge/claims.js';
import { rulesOf, speaking, type Server } from './talk/server.js';

/** What is checked, and what is said of it. */
export interface Target {
  server: Server;
  /** Did anybody say what it speaks? */
  isProtocolClaimed: boolean;
  llm: LlmConfiguration;
  route: RouteConfiguration;
}

/**
 * Finds the server in the command line and the configuration.
 * @throws ConfigurationError with every mistake
 */
export function findTarget(
  { address, protocol, model, route: routeName }: CheckOptions,
  environment: NodeJS.ProcessEnv,
  file = '.env',
): Target {
  const given: NodeJS.ProcessEnv = {
    ...environment,
    ...(address === undefined ? {} : { LLM_WEBSOCKET_URL: address }),
    ...(protocol === undefined ? {} : { LLM_PROTOCOL: protocol }),
    ...(model === undefined ? {} : { LLM_MODEL_NAME: model }),
  };
  const { llm } = load(given, file, protocol !== undefined, address !== undefined);
  const chain = llmChain(address === undefined || routeName !== undefined ? llm : { ...llm, routes: [] });
  const route = routeName === undefined ? chain[0] : chain.find(({ name }) => name === routeName);
  if (route === undefined) {
    const known = chain.map(({ name }) => name).join(', ');
    throw new ConfigurationError([`--route is ${JSON.stringify(routeName)}; known are ${known}`]);
  }
  const url = address ?? route.endpoints[0]?.url;
  if (url === undefined) {
    throw new ConfigurationError(['no server is named: give its address, such as ws://localhost:8000/ws']);
  }
  const spoken = protocolOf(protocol === undefined ? route.protocol : llm.protocol);
  const { apiKey, apiVersion, clientId, variables } = route;
  const credentials = {
    apiKey,
    apiVersion,
    clientId,
    variables: protocol === undefined ? variables : llm.variables,
  };
  const secureContext = /^wss:/i.test(url) ? systemTrust(llm.extraCa) : undefined;
  return {
    server: speaking(spoken, { url, model: model ?? route.model, credentials, secureContext }),
    isProtocolClaimed: protocol !== undefined || spoken.name !== 'guide' || isSet(environment.LLM_PROTOCOL),
    llm,
    route,
  };
}

/** What the protocol and the configuration say of a server. */
export function claimsOf(server: Server, { llm, route }: Target): Claims {
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
    timeoutMs: llm.timeoutMs,
    maxTokens: llm.maxTokens,
  };
}

function contextOf({ model, credentials }: Server) {
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
    // What the command line says is called as it is there.
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
