import { describedProtocol, LlmError, type LlmProtocol, type ProtocolDescription, type Template } from '#llm';
import { commonRequests, addFields } from '../draft/request-templates.js';
import { isErrorResponse, missingFieldNames } from '../draft/error-responses.js';
import { type RawExchange } from '../draft/raw-exchange.js';
import { inferDescription } from '../draft/infer-description.js';
import { closestProtocol, type ProtocolMatch } from '../draft/closest-protocol.js';
import { isWhole, type Answer } from '../connection/answer.js';
import { withProtocol, type CheckedServer } from '../connection/checked-server.js';
import { type MemoryFacts } from './facts.js';
import { mapConcurrently } from './map-concurrently.js';
import { probeMemory, sharesNothing } from './memory.js';
import { Probes, type ProbeOptions } from './probes.js';
import { invalidFrame } from './requests.js';
import { sendRawRequest } from './raw-request.js';

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
  /** An exchange that shows the frames of the server. */
  exchange: RawExchange | undefined;
}

/** Most connections at once while protocols are tried. */
const concurrency = 8;

/** Most frames after the end with which a protocol is still accepted. */
const maxLateFrames = 2;

/** Most retries with fields that the server reports as missing. */
const maxRetries = 5;

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
  const found: Identification = {
    speaks: undefined,
    drafted: undefined,
    memory: undefined,
    noDraftReason: undefined,
    closestProtocol: undefined,
    exchange: undefined,
  };
  if (send === undefined) {
    const trials = await mapConcurrently(
      concurrency,
      known,
      ({ protocol }) => tryProtocol(server, protocol, options),
      (answer) => answer !== undefined && isExactMatch(answer),
    );
    const match =
      trials.find(({ result }) => result !== undefined && isExactMatch(result)) ??
      trials.find(({ result }) => result !== undefined && isMatch(result));
    if (match !== undefined) return { ...found, speaks: match.item };
  }
  const templates = send === undefined ? commonRequests : [send];
  const responses = await mapConcurrently(
    concurrency,
    templates,
    (request) => sendRawRequest(server, request, options),
    (exchange) => exchange !== undefined && isAnswer(exchange),
  );
  const tried = responses.flatMap(({ result }) => result ?? []);
  const refined =
    send === undefined && !tried.some(isAnswer) ? await retryWithMissingFields(server, tried, options) : [];
  const exchanges = [...tried, ...refined];
  const frames = exchanges.flatMap(({ greeting, received }) => [...greeting, ...received]);
  const closest = closestProtocol(frames, known);
  const exchange = exchanges.find(isAnswer);
  if (exchange === undefined) {
    const shown = exchanges.find(({ received }) => received.length > 0) ?? exchanges[0];
    return {
      ...found,
      closestProtocol: closest,
      exchange: shown,
      noDraftReason: 'no request frame that was tried got an answer',
    };
  }
  const toInvalid = await sendRawRequest(server, invalidFrame, options);
  const errorFrames = [toInvalid, ...exchanges].flatMap((one) =>
    one !== undefined && isErrorResponse(one) ? one.received : [],
  );
  const inference = inferDescription(exchange, errorFrames);
  if ('reason' in inference) {
    return { ...found, closestProtocol: closest, exchange, noDraftReason: inference.reason };
  }
  const answer = await tryProtocol(server, describedProtocol(inference.description), options);
  return answer !== undefined && isMatch(answer)
    ? {
        ...found,
        closestProtocol: closest,
        exchange,
        ...(await withReuse(inference.description, server, options)),
      }
    : {
        ...found,
        closestProtocol: closest,
        exchange,
        noDraftReason: 'the drafted description does not get an answer',
      };
}

/**
 * Completes a draft: conversations share connections only if a test shows that they share nothing else, because messages
 * that a server remembers must not leak to another conversation.
 */
async function withReuse(
  description: ProtocolDescription,
  server: CheckedServer,
  options: ProbeOptions,
): Promise<Pick<Identification, 'drafted' | 'memory'>> {
  if (description.connection?.reuse !== undefined) return { drafted: description, memory: undefined };
  const memory = await probeMemory(withProtocol(describedProtocol(description), server), options).catch(
    (error: unknown) => {
      if (error instanceof LlmError) return undefined;
      throw error;
    },
  );
  if (memory !== undefined && sharesNothing(memory)) return { drafted: description, memory };
  const connection = { ...description.connection, reuse: 'conversation' as const };
  return { drafted: { ...description, connection }, memory };
}

/** Sends requests again with the fields that the server reports as missing. */
async function retryWithMissingFields(
  server: CheckedServer,
  tried: readonly RawExchange[],
  options: ProbeOptions,
): Promise<RawExchange[]> {
  const retries: RawExchange[] = [];
  let last = tried.find(
    (exchange) => typeof exchange.request === 'object' && missingFieldNames(exchange).length > 0,
  );
  while (last !== undefined && retries.length < maxRetries) {
    const request = addFields(last.request, missingFieldNames(last));
    if (request === undefined) break;
    last = await sendRawRequest(server, request, options);
    if (last === undefined) break;
    retries.push(last);
    if (isAnswer(last)) break;
  }
  return retries;
}

async function tryProtocol(
  server: CheckedServer,
  protocol: LlmProtocol,
  options: ProbeOptions,
): Promise<Answer | undefined> {
  const { openMs: afterEndMs, trialNoAnswerMs: noAnswerMs } = options.waits;
  const timeouts = { ...options.timeouts, noAnswerMs, afterEndMs };
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
