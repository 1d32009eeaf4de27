import {
  describedProtocol,
  ProtocolDescriptionError,
  type LlmProtocol,
  type ProtocolDescription,
  type Template,
} from '#llm';
import { closestProtocol, type ProtocolMatch } from '../draft/closest-protocol.js';
import { isErrorResponse } from '../draft/error-responses.js';
import { inferDescription } from '../draft/infer-description.js';
import { protocolSign, type Sign } from '../draft/protocol-signs.js';
import { type RawExchange } from '../draft/raw-exchange.js';
import { commonEvents, commonRequests, signRequests } from '../draft/request-templates.js';
import { asksQuestion, withEscapedPlaceholders } from '../draft/sent-template.js';
import { isWhole, type Answer } from '../connection/answer.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { counts } from '../judge/recognize.js';
import { listen } from './listen.js';
import { type MemoryFacts } from './facts.js';
import { mapConcurrently } from './map-concurrently.js';
import { openPaths } from './open-paths.js';
import { Probes, type ProbeOptions } from './probes.js';
import { provokedErrors, withErrorEnds } from './provoked-errors.js';
import { sendRawRequest } from './raw-request.js';
import { retryWithMissingFields } from './missing-fields.js';
import { refusalOf, withReuse } from './tested-draft.js';

/** A protocol that the server may speak. */
export interface KnownProtocol {
  /** Its value for LLM_PROTOCOL: the name, or the path of its description. */
  name: string;
  protocol: LlmProtocol;
}

/** The result of protocol detection. */
export interface Identification {
  /** A known protocol with which the server gives a complete answer. */
  speaks: KnownProtocol | undefined;
  /** A drafted description with which the server gives a complete answer. */
  drafted: ProtocolDescription | undefined;
  /** Whether connections remember conversations; undefined if that could not be tested. */
  memory: MemoryFacts | undefined;
  /** Why no description could be drafted. */
  noDraftReason: string | undefined;
  closestProtocol: ProtocolMatch | undefined;
  /** A protocol that the frames show. */
  sign: Sign | undefined;
  /** Whether the server has sent nothing at all. */
  isSilent: boolean;
  /** Addresses of WebSockets at other paths, if there is none at this one. */
  paths: readonly string[];
  /** An exchange that shows the frames of the server. */
  exchange: RawExchange | undefined;
}

/** Most connections at once while protocols are tried. */
export const concurrency = 13;

/** Most frames after the end with which a protocol is still accepted. */
const maxLateFrames = 2;

const nothing: Identification = {
  speaks: undefined,
  drafted: undefined,
  memory: undefined,
  noDraftReason: undefined,
  closestProtocol: undefined,
  sign: undefined,
  isSilent: false,
  paths: [],
  exchange: undefined,
};

/**
 * Detects the protocol: tries known protocols, then common request frames, and drafts a description of those that work.
 * @param known protocols to try, in order
 * @param send the request frame; with one, nothing else is tried
 */
export async function identify(
  server: CheckedServer,
  known: readonly KnownProtocol[],
  options: ProbeOptions,
  send: Template | undefined,
): Promise<Identification> {
  const greeting = await listen(server, options);
  if (send === undefined) {
    const speaks = await knownProtocol(server, known, options);
    if (speaks !== undefined) return { ...nothing, speaks };
  }
  const framing = protocolSign(greeting)?.name === 'Socket.IO' ? 'socket.io' : undefined;
  const exchanges = await tryRequests(server, options, send, framing);
  if (send === undefined && exchanges.every(({ received }) => received.length === 0)) {
    exchanges.push(...(await initializeAlone(server, options)));
  }
  const evidence = {
    frames: [...greeting.frames, ...exchanges.flatMap((one) => [...one.greeting, ...one.received])],
    closes: [
      ...greeting.closes,
      ...exchanges.flatMap(({ closeCode, closeReason }) =>
        closeCode === undefined ? [] : [{ code: closeCode, reason: closeReason }],
      ),
    ],
  };
  const sign = protocolSign(evidence);
  const described = send === undefined ? await protocolOfSign(sign, server, known, options) : undefined;
  if (described !== undefined) return { ...nothing, speaks: described };
  const exchange =
    exchanges.find(isCounting) ?? exchanges.find((one) => isAnswer(one) && asksQuestion(one.request));
  const found = { ...nothing, sign, closestProtocol: closestProtocol(evidence.frames, known) };
  const shown = exchange ?? exchanges.find(({ received }) => received.length > 0) ?? exchanges[0];
  if (exchange === undefined) {
    const isSilent = evidence.frames.length === 0;
    const isRefused = exchanges.length === 0;
    const noDraftReason = isRefused
      ? 'the server accepts no WebSocket at this address'
      : isSilent
        ? `the server sent nothing in response to ${exchanges.length} request frames`
        : 'no request frame that was tried got an answer';
    const paths = isRefused ? await openPaths(server, options) : [];
    const elsewhere = paths.length === 1 ? await atPath(paths[0]!, server, known, options, send) : undefined;
    if (elsewhere !== undefined) return { ...elsewhere, paths };
    return { ...found, noDraftReason, exchange: shown, isSilent: isSilent && !isRefused, paths };
  }
  return { ...found, exchange, ...(await draftFrom(exchange, exchanges, server, options)) };
}

/** A server that starts a program for each connection is slow while many are tried at once. */
async function initializeAlone(server: CheckedServer, options: ProbeOptions): Promise<RawExchange[]> {
  const exchange = await sendRawRequest(
    server,
    { template: signRequests[0]!, silenceMs: options.waits.trialSilenceMs },
    options,
  );
  return exchange === undefined ? [] : [exchange];
}

/** The known protocol that a sign names, tried alone and without haste; undefined if it does not work. */
async function protocolOfSign(
  sign: Sign | undefined,
  server: CheckedServer,
  known: readonly KnownProtocol[],
  options: ProbeOptions,
): Promise<KnownProtocol | undefined> {
  const named = known.find(({ name }) => name === sign?.file);
  if (named === undefined) return undefined;
  const answer = await tryProtocol(server, named.protocol, options, options.timeouts.silenceMs);
  return answer !== undefined && isMatch(answer) ? named : undefined;
}

/** The result at another path, with a draft that names the path; undefined if the address has a path, or without a draft. */
async function atPath(
  address: string,
  server: CheckedServer,
  known: readonly KnownProtocol[],
  options: ProbeOptions,
  send: Template | undefined,
): Promise<Identification | undefined> {
  const { pathname, search, searchParams } = new URL(address);
  if (new URL(server.url).pathname !== '/') return undefined;
  const url = new URL(pathname + search, server.url).href;
  const found = await identify(withProtocol(server.protocol, { ...server, url }), known, options, send);
  if (found.drafted === undefined) return undefined;
  // Socket.IO has a usual path.
  if (found.drafted.framing === 'socket.io') return found;
  const query = Object.fromEntries(searchParams);
  const more = Object.keys(query).length === 0 ? {} : { query };
  return { ...found, drafted: { ...found.drafted, address: { path: pathname, ...more } } };
}

/** The first known protocol with which the server gives a complete answer. */
async function knownProtocol(
  server: CheckedServer,
  known: readonly KnownProtocol[],
  options: ProbeOptions,
): Promise<KnownProtocol | undefined> {
  const trials = await mapConcurrently(
    concurrency,
    known,
    ({ protocol }) => tryProtocol(server, protocol, options, options.waits.trialSilenceMs),
    (answer) => answer !== undefined && isExactMatch(answer),
  );
  const match =
    trials.find(({ result }) => result !== undefined && isExactMatch(result)) ??
    trials.find(({ result }) => result !== undefined && isMatch(result));
  return match?.item;
}

/** Sends the request frame of the user or, without one, common frames until one is answered. */
async function tryRequests(
  server: CheckedServer,
  options: ProbeOptions,
  send: Template | undefined,
  framing: RawExchange['framing'],
): Promise<RawExchange[]> {
  if (send !== undefined) return tryGiven(server, options, withEscapedPlaceholders(send), framing);
  const silenceMs = options.waits.trialSilenceMs;
  const templates = framing === 'socket.io' ? commonEvents : [...commonRequests, ...signRequests];
  const responses = await mapConcurrently(
    concurrency,
    templates,
    (template) => sendRawRequest(server, { template, framing, silenceMs }, options),
    (exchange) => exchange !== undefined && isCounting(exchange),
  );
  const tried = responses.flatMap(({ result }) => result ?? []);
  return tried.some(isCounting)
    ? tried
    : [...tried, ...(await retryWithMissingFields(server, tried, options))];
}

/** Sends the frame of the user; if it is answered with an error, once more with numbers as ids. */
async function tryGiven(
  server: CheckedServer,
  options: ProbeOptions,
  template: Template,
  framing: RawExchange['framing'],
): Promise<RawExchange[]> {
  const first = await sendRawRequest(server, { template, framing }, options);
  if (first === undefined) return [];
  if (isAnswer(first) || !JSON.stringify(template).includes('{{id}}')) return [first];
  const second = await sendRawRequest(server, { template, framing, isNumericId: true }, options);
  return second === undefined ? [first] : [second, first];
}

/** Drafts a description of an exchange, and tests it. */
async function draftFrom(
  exchange: RawExchange,
  exchanges: readonly RawExchange[],
  server: CheckedServer,
  options: ProbeOptions,
): Promise<Partial<Identification>> {
  const errors = await provokedErrors(exchange, exchanges, server, options);
  const inference = inferDescription(exchange, errors.frames);
  if ('reason' in inference) return { noDraftReason: inference.reason };
  let protocol: LlmProtocol;
  const description = withErrorEnds(inference.description, errors.exchanges);
  try {
    protocol = describedProtocol(description);
  } catch (error) {
    if (!(error instanceof ProtocolDescriptionError)) throw error;
    return {
      noDraftReason: `the drafted description has mistakes: ${error.mistakes.map(({ at, message }) => `${at} ${message}`).join('; ')}`,
    };
  }
  const answer = await tryProtocol(server, protocol, options, options.timeouts.silenceMs);
  if (answer === undefined || !isMatch(answer))
    return { noDraftReason: 'the drafted description does not get an answer' };
  const refused = await refusalOf(answer, server, protocol, options);
  if (refused !== undefined) return { noDraftReason: refused };
  return withReuse(description, server, options);
}

async function tryProtocol(
  server: CheckedServer,
  protocol: LlmProtocol,
  options: ProbeOptions,
  silenceMs: number,
): Promise<Answer | undefined> {
  const { openMs: afterEndMs, trialNoAnswerMs: noAnswerMs } = options.waits;
  const timeouts = { ...options.timeouts, silenceMs, noAnswerMs, afterEndMs };
  const probes = new Probes(withProtocol(withoutLimits(protocol), server), { ...options, timeouts });
  const { connection } = await probes.connect();
  if (connection === undefined) return undefined;
  const answer = await probes.streamed(connection);
  connection.close();
  return answer;
}

/** Without the protocol's own limits, some of which allow a minute for a connect. */
function withoutLimits(protocol: LlmProtocol): LlmProtocol {
  return { ...protocol, limits: {} };
}

function isExactMatch(answer: Answer): boolean {
  return isMatch(answer) && answer.late.length === 0;
}

/** A few frames after the end are accepted: some servers repeat the end. Many show that it was not the end. */
function isMatch(answer: Answer): boolean {
  return isWhole(answer) && answer.undecodable.length === 0 && answer.late.length <= maxLateFrames;
}

function isAnswer(exchange: RawExchange): boolean {
  return exchange.received.length > 0 && !isErrorResponse(exchange);
}

/** Whether the answer counts, as the question asks. */
function isCounting(exchange: RawExchange): boolean {
  return isAnswer(exchange) && counts(exchange.received.join('\n'));
}
