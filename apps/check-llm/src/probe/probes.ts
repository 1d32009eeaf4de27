import { setTimeout as delay } from 'node:timers/promises';
import { LlmError, LlmFrameError, type DecodedFrame, type LlmProtocol, type LlmRequest } from '#llm';
import { isOneAfterOther } from '../judge/sequence.js';
import { isUnderstood, isWhole, type Answer } from '../connection/answer.js';
import { ProbeRequest, type ProbeTimeouts } from '../connection/probe-request.js';
import { lateFrame, type LateFrame } from '../connection/late-frame.js';
import { receivedTexts, RecordedConnection, type FrameLog } from '../connection/recorded-connection.js';
import { type CheckedServer } from '../connection/checked-server.js';
import {
  type CancelFacts,
  type ConnectFacts,
  type ConnectionsFacts,
  type GreetingFacts,
  type IdleFacts,
  type InvalidFacts,
  type TwoConnectionsFacts,
} from './facts.js';
import {
  invalidFrame,
  longRequest,
  plainRequest,
  repeatRequest,
  streamedRequest,
  type SamplingOptions,
} from './requests.js';
import { type ProbeWaits } from './waits.js';

/** Timeouts and request options of the probes. */
export interface ProbeOptions extends SamplingOptions {
  connectTimeoutMs: number;
  waits: ProbeWaits;
  timeouts: ProbeTimeouts;
}

/** Number of connections that are opened at once to test how many the server accepts. */
const manyConnections = 8;

/** How often two requests are repeated before their answers count as one after the other. */
const repetitions = 2;

/** Interval of Parley's pings, in milliseconds. */
const heartbeatMs = 10_000;

/** Probes one server. The results are facts without a verdict. */
export class Probes {
  readonly #server: CheckedServer;
  readonly #options: ProbeOptions;

  constructor(server: CheckedServer, options: ProbeOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Opens a connection, which the caller uses for the next probes and closes. */
  async connect(): Promise<ConnectFacts & { connection: RecordedConnection | undefined }> {
    const log: FrameLog = { frames: [] };
    try {
      const connection = await this.#open(log);
      const frames = [...log.frames];
      return { connection, openedMs: connection.openedMs, error: undefined, frames };
    } catch (error) {
      if (!(error instanceof LlmError)) throw error;
      return { connection: undefined, openedMs: undefined, error, frames: log.frames };
    }
  }

  /** Waits for frames before the first request. */
  async greeting(connection: RecordedConnection): Promise<GreetingFacts> {
    await delay(this.#options.waits.lateFrameMs);
    const { protocol } = this.#server;
    const greeting = connection.log.frames
      .slice(connection.handshakeFrames)
      .filter(({ direction }) => direction === 'received');
    const frames = greeting.map(({ text }) => text);
    const rejected = frames.filter((text) => endsConnection(protocol, text));
    const answers = greeting.flatMap(({ text, atMs }) => {
      const frame = decodeSafely(protocol, text);
      const isAnswer = frame.event !== undefined && !rejected.includes(text);
      return isAnswer ? [lateFrame(text, atMs - connection.openedMs, frame)] : [];
    });
    return {
      frames,
      rejected,
      problem: frames.map((text) => problemOf(protocol, text)).find(Boolean),
      answers,
    };
  }

  /** Sends a streamed request. */
  streamed(connection: RecordedConnection): Promise<Answer> {
    return this.#request(connection, streamedRequest(this.#options)).answer;
  }

  /** Asks to repeat a word in quotation marks, on a line of its own, without streaming. */
  repeat(connection: RecordedConnection, word: string): Promise<Answer> {
    return this.#request(connection, repeatRequest(this.#options, word)).answer;
  }

  /** Sends a request without streaming. */
  plain(connection: RecordedConnection): Promise<Answer> {
    return this.#request(connection, plainRequest(this.#options)).answer;
  }

  /**
   * Sends a request on each of two connections at once, and twice more if they seem to be answered one after the other.
   * Undefined if a connection cannot be opened.
   */
  async two(): Promise<TwoConnectionsFacts | undefined> {
    const answers = await this.#pair();
    if (answers === undefined) return undefined;
    const again: (readonly [Answer, Answer])[] = [];
    let last = answers;
    while (isOneAfterOther(...last) && again.length < repetitions) {
      const next = await this.#pair();
      if (next === undefined) break;
      again.push((last = next));
    }
    return { answers, again };
  }

  async #pair(): Promise<readonly [Answer, Answer] | undefined> {
    const connections = await Promise.allSettled([this.#open(), this.#open()]);
    const [first, second] = connections;
    try {
      if (first.status === 'rejected' || second.status === 'rejected') return undefined;
      const requests = [streamedRequest(this.#options), streamedRequest(this.#options)] as const;
      return await Promise.all([
        this.#request(first.value, requests[0], { afterEndMs: 0 }).answer,
        this.#request(second.value, requests[1], { afterEndMs: 0 }).answer,
      ]);
    } finally {
      for (const connection of connections) if (connection.status === 'fulfilled') connection.value.close();
    }
  }

  /** Opens several connections at once, without sending requests. */
  async connections(): Promise<ConnectionsFacts> {
    const attempts = Array.from({ length: manyConnections }, () => this.#open());
    const outcomes = await Promise.allSettled(attempts);
    // A server with a limit may accept a connection and close it at once.
    await delay(this.#options.waits.openMs);
    const open = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const opened = open.filter((connection) => connection.isOpen).length;
    for (const connection of open) connection.close();
    const refusal = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as unknown;
    return { attempted: attempts.length, opened, error: refusal instanceof LlmError ? refusal : undefined };
  }

  /** Sends a frame that is not JSON. */
  async invalid(): Promise<InvalidFacts> {
    const connection = await this.#open();
    await delay(this.#options.waits.openMs);
    const framesBefore = connection.log.frames.length;
    const decoded: DecodedFrame[] = [];
    const late: LateFrame[] = [];
    connection.send(invalidFrame);
    await new Promise<void>((resolve) => {
      let endedAtMs: number | undefined;
      let timer = setTimeout(resolve, this.#options.waits.invalidMs);
      connection.onClosed = () => {
        clearTimeout(timer);
        resolve();
      };
      connection.onFrame = (text) => {
        const frame = decodeSafely(this.#server.protocol, text);
        if (endedAtMs !== undefined) {
          if (frame.event !== undefined) late.push(lateFrame(text, connection.nowMs - endedAtMs, frame));
          return;
        }
        decoded.push(frame);
        if (frame.event?.type !== 'error' && frame.event?.type !== 'end') return;
        endedAtMs = connection.nowMs;
        clearTimeout(timer);
        timer = setTimeout(resolve, this.#options.waits.lateFrameMs);
      };
    });
    const { closed, frames } = connection.log;
    connection.close();
    const errors = decoded.flatMap(({ event }) => (event?.type === 'error' ? [event] : []));
    const error = errors.find((event) => !(event.error instanceof LlmFrameError));
    return {
      frames: receivedTexts(frames.slice(framesBefore)),
      errorCode: error?.error.code,
      errorReach: error?.reach,
      late,
      isAnswered: decoded.some(({ event }) => event !== undefined && event.type !== 'error'),
      closed,
      isAliveAfter: await this.#isAlive(),
    };
  }

  /** Cancels an answer after its first piece. */
  async cancel(): Promise<CancelFacts> {
    const connection = await this.#open();
    const sentAt = connection.nowMs;
    const probe = this.#request(connection, longRequest(this.#options));
    await Promise.race([
      probe.answer,
      new Promise<void>((resolve) => {
        probe.onPiece = resolve;
      }),
    ]);
    const finished = await Promise.race([probe.answer, Promise.resolve(undefined)]);
    if (finished !== undefined) {
      connection.close();
      const nothing = { endedMs: undefined, framesAfter: 0, late: [] };
      return { how: 'frame', isTooLate: true, ...nothing, isAliveAfter: true };
    }
    const canceledAt = connection.nowMs;
    const framesBefore = connection.log.frames.length;
    const how = probe.cancel();
    const limitMs = this.#options.waits.stopMs + this.#options.waits.lateFrameMs;
    const answer = await Promise.race([probe.answer, delay(limitMs, undefined, { ref: false })]);
    const endMs = answer?.end !== undefined || answer?.error !== undefined ? answer.endMs : undefined;
    const endedMs = endMs === undefined ? undefined : Math.max(0, sentAt + endMs - canceledAt);
    const late = answer?.late ?? [];
    const framesAfter = receivedTexts(connection.log.frames.slice(framesBefore)).length - late.length;
    connection.terminate();
    return { how, isTooLate: false, endedMs, framesAfter, late, isAliveAfter: await this.#isAlive() };
  }

  /** Milliseconds until the pong; undefined if none arrives. */
  async ping(): Promise<number | undefined> {
    const connection = await this.#open();
    const ms = await connection.ping(this.#options.waits.pingMs);
    connection.close();
    return ms;
  }

  /**
   * Leaves a connection idle except for pings, then sends a request on it.
   * @param forMs idle time in milliseconds
   */
  async idle(forMs: number, answersPings: boolean): Promise<IdleFacts> {
    const connection = await this.#open();
    const startedAt = connection.nowMs;
    const closing = new Promise<void>((resolve) => {
      connection.onClosed = () => resolve();
    });
    while (connection.isOpen && connection.nowMs - startedAt < forMs) {
      const remainingMs = forMs - (connection.nowMs - startedAt);
      const pause = new AbortController();
      await Promise.race([
        closing,
        delay(Math.min(heartbeatMs, remainingMs), undefined, { signal: pause.signal }).catch(() => undefined),
      ]);
      pause.abort();
      if (connection.isOpen && answersPings) await connection.ping(this.#options.waits.pingMs);
    }
    const waitedMs = connection.nowMs - startedAt;
    const { closed } = connection.log;
    const answer = closed === undefined ? await this.plain(connection) : undefined;
    connection.close();
    return { waitedMs, closed, answer };
  }

  #open(log?: FrameLog): Promise<RecordedConnection> {
    return RecordedConnection.open(this.#server, this.#options.connectTimeoutMs, log);
  }

  #request(
    connection: RecordedConnection,
    request: LlmRequest,
    timeouts: Partial<ProbeTimeouts> = {},
  ): ProbeRequest {
    return new ProbeRequest(connection, this.#server.protocol, request, {
      ...this.#options.timeouts,
      ...timeouts,
    });
  }

  async #isAlive(): Promise<boolean> {
    const connection = await this.#open().catch(() => undefined);
    if (connection === undefined) return false;
    const answer = await this.#request(connection, plainRequest(this.#options), { afterEndMs: 0 }).answer;
    connection.close();
    return isWhole(answer) || isUnderstood(answer);
  }
}

function decodeSafely(protocol: LlmProtocol, text: string): DecodedFrame {
  try {
    return protocol.decode(text);
  } catch (cause) {
    return { event: { type: 'error', error: new LlmFrameError('the protocol failed on it', cause) } };
  }
}

/** What is wrong with a frame that the protocol cannot decode, and the remedy. */
function problemOf(protocol: LlmProtocol, text: string): string | undefined {
  const { event } = decodeSafely(protocol, text);
  return event?.type === 'error' && event.error instanceof LlmFrameError ? event.error.detail : undefined;
}

/** Whether Parley closes the connection at this frame, before the first request. */
function endsConnection(protocol: LlmProtocol, text: string): boolean {
  const { event } = decodeSafely(protocol, text);
  return event?.type === 'error' && (event.error instanceof LlmFrameError || event.reach === 'connection');
}
