import { describedProtocol, LlmError, type LlmProtocol, type ProtocolDescription, type Template } from '#llm';
import { usualRequests, withFields } from '../draft/candidates.js';
import { isComplaint, namesMissed } from '../draft/complaint.js';
import { type RawExchange } from '../draft/exchange.js';
import { infer } from '../draft/infer.js';
import { nearest, type Nearness } from '../draft/nearest.js';
import { isWhole, type Answer } from '../talk/answer.js';
import { speaking, type Server } from '../talk/server.js';
import { type MemoryFacts } from './facts.js';
import { inGroups } from './in-groups.js';
import { probeMemory, sharesNothing } from './memory.js';
import { Probes, type ProbeOptions } from './probes.js';
import { invalidFrame } from './questions.js';
import { askRaw } from './raw.js';

/** A protocol that the server may speak. */
export interface Candidate {
  /** What to write into LLM_PROTOCOL for it. */
  name: string;
  protocol: LlmProtocol;
}

/** What the server seems to speak. */
export interface Identification {
  /** A known protocol in which it gives a whole answer. */
  speaks: Candidate | undefined;
  /** A description that was drafted, and in which it gives a whole answer. */
  drafted: ProtocolDescription | undefined;
  /** What was learned about the memory of connections; undefined if nothing was. */
  memory: MemoryFacts | undefined;
  /** What no draft could be made for. */
  lacks: string | undefined;
  nearest: Nearness | undefined;
  /** One exchange that shows how the server speaks. */
  exchange: RawExchange | undefined;
}

/** Connections that are open at once while protocols are tried. */
const atOnce = 8;

/** In a protocol that was only guessed, what is not understood at once will not be later, in milliseconds. */
const triedIdleTalkMs = 2_000;

/** How long such a try waits for frames after the end, in milliseconds. */
const triedAfterEndMs = 300;

/** Most unsolicited frames after the end. */
const maxStrays = 2;

/** Rounds of asking again with what the server has missed. */
const maxRounds = 5;

/** Tries known protocols, then usual frames, and makes a description of what works. */
export async function identify(
  server: Server,
  candidates: readonly Candidate[],
  options: ProbeOptions,
  send: Template | undefined,
): Promise<Identification> {
  const found: Identification = {
    speaks: undefined,
    drafted: undefined,
    memory: undefined,
    lacks: undefined,
    nearest: undefined,
    exchange: undefined,
  };
  if (send === undefined) {
    const tries = await inGroups(
      atOnce,
      candidates,
      ({ protocol }) => tryProtocol(server, protocol, options),
      (answer) => answer !== undefined && fits(answer),
    );
    const fitting =
      tries.find(({ result }) => result !== undefined && fits(result)) ??
      tries.find(({ result }) => result !== undefined && nearlyFits(result));
    if (fitting !== undefined) return { ...found, speaks: fitting.part };
  }
  const templates = send === undefined ? usualRequests : [send];
  const asked = await inGroups(
    atOnce,
    templates,
    (request) => askRaw(server, request, options),
    (exchange) => exchange !== undefined && isAnswer(exchange),
  );
  const tried = asked.flatMap(({ result }) => result ?? []);
  const refined =
    send === undefined && !tried.some(isAnswer) ? await askOnDemand(server, tried, options) : [];
  const exchanges = [...tried, ...refined];
  const frames = exchanges.flatMap(({ greeting, heard }) => [...greeting, ...heard]);
  const near = nearest(frames, candidates);
  const exchange = exchanges.find(isAnswer);
  if (exchange === undefined) {
    const shown = exchanges.find(({ heard }) => heard.length > 0) ?? exchanges[0];
    return { ...found, nearest: near, exchange: shown, lacks: 'no frame that was tried got an answer' };
  }
  const wrong = await askRaw(server, invalidFrame, options);
  const complaints = [wrong, ...exchanges].flatMap((one) =>
    one !== undefined && isComplaint(one) ? one.heard : [],
  );
  const inference = infer(exchange, complaints);
  if ('lacks' in inference) return { ...found, nearest: near, exchange, lacks: inference.lacks };
  const answer = await tryProtocol(server, describedProtocol(inference.description), options);
  return answer !== undefined && nearlyFits(answer)
    ? { ...found, nearest: near, exchange, ...(await withReuse(inference.description, server, options)) }
    : { ...found, nearest: near, exchange, lacks: 'the description that was drafted does not get an answer' };
}

/**
 * Lets conversations share connections only if a test shows that they share nothing: what a server remembers about a
 * connection must not reach another conversation.
 */
async function withReuse(
  description: ProtocolDescription,
  server: Server,
  options: ProbeOptions,
): Promise<Pick<Identification, 'drafted' | 'memory'>> {
  if (description.connection?.reuse !== undefined) return { drafted: description, memory: undefined };
  const memory = await probeMemory(speaking(describedProtocol(description), server), options).catch(
    (error: unknown) => {
      if (error instanceof LlmError) return undefined;
      throw error;
    },
  );
  if (memory !== undefined && sharesNothing(memory)) return { drafted: description, memory };
  const connection = { ...description.connection, reuse: 'conversation' as const };
  return { drafted: { ...description, connection }, memory };
}

/** Asks again with the fields that the server has said it misses. */
async function askOnDemand(
  server: Server,
  tried: readonly RawExchange[],
  options: ProbeOptions,
): Promise<RawExchange[]> {
  const rounds: RawExchange[] = [];
  let last = tried.find(
    (exchange) => typeof exchange.request === 'object' && namesMissed(exchange).length > 0,
  );
  while (last !== undefined && rounds.length < maxRounds) {
    const request = withFields(last.request, namesMissed(last));
    if (request === undefined) break;
    last = await askRaw(server, request, options);
    if (last === undefined) break;
    rounds.push(last);
    if (isAnswer(last)) break;
  }
  return rounds;
}

async function tryProtocol(
  server: Server,
  protocol: LlmProtocol,
  options: ProbeOptions,
): Promise<Answer | undefined> {
  const patience = { ...options.patience, idleTalkMs: triedIdleTalkMs, afterEndMs: triedAfterEndMs };
  const probes = new Probes(speaking(impatient(protocol), server), { ...options, patience });
  const { line } = await probes.connect();
  if (line === undefined) return undefined;
  const answer = await probes.streamed(line);
  line.close();
  return answer;
}

/** Some servers may take a minute to connect to; nobody waits for that on a guess. */
function impatient(protocol: LlmProtocol): LlmProtocol {
  return { ...protocol, limits: {} };
}

function fits(answer: Answer): boolean {
  return nearlyFits(answer) && answer.late.length === 0;
}

/** Servers may repeat their end frame, but many frames after it show that it was not the end. */
function nearlyFits(answer: Answer): boolean {
  return isWhole(answer) && answer.senseless.length === 0 && answer.late.length <= maxStrays;
}

function isAnswer(exchange: RawExchange): boolean {
  return exchange.heard.length > 0 && !isComplaint(exchange);
}
