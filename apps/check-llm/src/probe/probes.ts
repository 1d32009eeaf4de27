import { setTimeout as delay } from 'node:timers/promises';
import { LlmError, LlmFrameError, type DecodedFrame, type LlmProtocol, type LlmRequest } from '#llm';
import { isUnderstood, isWhole, type Answer } from '../talk/answer.js';
import { Asking, type Patience } from '../talk/ask.js';
import { lateFrame, type LateFrame } from '../talk/late-frame.js';
import { Line, type Transcript } from '../talk/line.js';
import { type Server } from '../talk/server.js';
import {
  type CancelFacts,
  type ConnectFacts,
  type ConnectionsFacts,
  type GreetingFacts,
  type IdleFacts,
  type InvalidFacts,
  type TwoFacts,
} from './facts.js';
import {
  invalidFrame,
  longQuestion,
  plainQuestion,
  streamedQuestion,
  type AskingStyle,
} from './questions.js';

/** How the probes treat a server. */
export interface ProbeOptions extends AskingStyle {
  connectTimeoutMs: number;
  patience: Patience;
}

/** How long a connection is watched for frames that belong to no answer: as long as Parley lets one rest. */
export const lateFrameMs = 1_500;

/**
 * How long a server may take to greet, to refuse or greet one connection of several, to answer a ping, to stop an
 * answer, and to say that a frame is invalid.
 */
const waits = { greetingMs: lateFrameMs, openMs: 300, pingMs: 5_000, stopMs: 5_000, invalidMs: 3_000 };

/** Connections that are opened at once to see how many the server takes. */
const manyConnections = 8;

/** How often Parley pings. */
const heartbeatMs = 10_000;

/** Looks at one server, one question at a time. Knows what happened, and judges nothing. */
export class Probes {
  readonly #server: Server;
  readonly #options: ProbeOptions;

  constructor(server: Server, options: ProbeOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** The connection is for the next probes. */
  async connect(): Promise<ConnectFacts & { line: Line | undefined }> {
    const transcript: Transcript = { frames: [] };
    try {
      const line = await this.#open(transcript);
      const frames = [...transcript.frames];
      return { line, openedMs: line.openedMs, error: undefined, frames };
    } catch (error) {
      if (!(error instanceof LlmError)) throw error;
      return { line: undefined, openedMs: undefined, error, frames: transcript.frames };
    }
  }

  async greeting(line: Line): Promise<GreetingFacts> {
    await delay(waits.greetingMs);
    const { protocol } = this.#server;
    const came = line.transcript.frames.slice(line.shakenFrames).filter(({ way }) => way === 'heard');
    const frames = came.map(({ text }) => text);
    const harmful = frames.filter((text) => isHarmful(protocol, text));
    const answers = came.flatMap(({ text, atMs }) => {
      const frame = safely(protocol, text);
      const isAnswer = frame.event !== undefined && !harmful.includes(text);
      return isAnswer ? [lateFrame(text, atMs - line.openedMs, frame)] : [];
    });
    return { frames, harmful, answers };
  }

  streamed(line: Line): Promise<Answer> {
    return this.#ask(line, streamedQuestion(this.#options)).answer;
  }

  plain(line: Line): Promise<Answer> {
    return this.#ask(line, plainQuestion(this.#options)).answer;
  }

  /** On two connections. */
  async two(): Promise<TwoFacts | undefined> {
    const lines = await Promise.allSettled([this.#open(), this.#open()]);
    const [first, second] = lines;
    try {
      if (first.status === 'rejected' || second.status === 'rejected') return undefined;
      const questions = [streamedQuestion(this.#options), streamedQuestion(this.#options)] as const;
      const answers = await Promise.all([
        this.#ask(first.value, questions[0], { afterEndMs: 0 }).answer,
        this.#ask(second.value, questions[1], { afterEndMs: 0 }).answer,
      ]);
      return { answers, refused: undefined };
    } finally {
      for (const line of lines) if (line.status === 'fulfilled') line.value.close();
    }
  }

  /** Asks nothing on them. */
  async connections(): Promise<ConnectionsFacts> {
    const asked = Array.from({ length: manyConnections }, () => this.#open());
    const outcomes = await Promise.allSettled(asked);
    // A server that takes too many may first open them all.
    await delay(waits.openMs);
    const open = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const opened = open.filter((line) => line.isOpen).length;
    for (const line of open) line.close();
    const refusal = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as unknown;
    return { asked: asked.length, opened, error: refusal instanceof LlmError ? refusal : undefined };
  }

  async invalid(): Promise<InvalidFacts> {
    const line = await this.#open();
    await delay(waits.openMs);
    const known = line.transcript.frames.length;
    const decoded: DecodedFrame[] = [];
    const late: LateFrame[] = [];
    line.send(invalidFrame);
    await new Promise<void>((resolve) => {
      let overAtMs: number | undefined;
      let timer = setTimeout(resolve, waits.invalidMs);
      line.onClosed = () => {
        clearTimeout(timer);
        resolve();
      };
      line.onFrame = (text) => {
        const frame = safely(this.#server.protocol, text);
        if (overAtMs !== undefined) {
          if (frame.event !== undefined) late.push(lateFrame(text, line.nowMs - overAtMs, frame));
          return;
        }
        decoded.push(frame);
        if (frame.event?.type !== 'error' && frame.event?.type !== 'end') return;
        overAtMs = line.nowMs;
        clearTimeout(timer);
        timer = setTimeout(resolve, lateFrameMs);
      };
    });
    const { closed, frames } = line.transcript;
    line.close();
    const errors = decoded.flatMap(({ event }) => (event?.type === 'error' ? [event] : []));
    const error = errors.find((event) => !(event.error instanceof LlmFrameError));
    return {
      frames: frames.slice(known).flatMap(({ way, text }) => (way === 'heard' ? [text] : [])),
      errorCode: error?.error.code,
      errorReach: error?.reach,
      late,
      isAnswered: decoded.some(({ event }) => event !== undefined && event.type !== 'error'),
      closed,
      isAliveAfter: await this.#isAlive(),
    };
  }

  async cancel(): Promise<CancelFacts> {
    const line = await this.#open();
    const askedAt = line.nowMs;
    const asking = this.#ask(line, longQuestion(this.#options));
    await Promise.race([
      asking.answer,
      new Promise<void>((resolve) => {
        asking.onPiece = resolve;
      }),
    ]);
    const over = await Promise.race([asking.answer, Promise.resolve(undefined)]);
    if (over !== undefined) {
      line.close();
      const nothing = { endedMs: undefined, framesAfter: 0, late: [] };
      return { how: 'frame', isTooLate: true, ...nothing, isAliveAfter: true };
    }
    const cancelledAt = line.nowMs;
    const said = line.transcript.frames.length;
    const how = asking.cancel();
    const limitMs = waits.stopMs + lateFrameMs;
    const answer = await Promise.race([asking.answer, delay(limitMs, undefined, { ref: false })]);
    const endMs = answer?.end !== undefined || answer?.error !== undefined ? answer.endMs : undefined;
    const endedMs = endMs === undefined ? undefined : Math.max(0, askedAt + endMs - cancelledAt);
    const late = answer?.late ?? [];
    const framesAfter =
      line.transcript.frames.slice(said).filter(({ way }) => way === 'heard').length - late.length;
    line.cut();
    return { how, isTooLate: false, endedMs, framesAfter, late, isAliveAfter: await this.#isAlive() };
  }

  async ping(): Promise<number | undefined> {
    const line = await this.#open();
    const ms = await line.ping(waits.pingMs);
    line.close();
    return ms;
  }

  /** Leaves a connection alone but for pings, and asks again. */
  async idle(forMs: number, answersPings: boolean): Promise<IdleFacts> {
    const line = await this.#open();
    const startedAt = line.nowMs;
    const closing = new Promise<void>((resolve) => {
      line.onClosed = () => resolve();
    });
    while (line.isOpen && line.nowMs - startedAt < forMs) {
      const rest = forMs - (line.nowMs - startedAt);
      const pause = new AbortController();
      await Promise.race([
        closing,
        delay(Math.min(heartbeatMs, rest), undefined, { signal: pause.signal }).catch(() => undefined),
      ]);
      pause.abort();
      if (line.isOpen && answersPings) await line.ping(waits.pingMs);
    }
    const waitedMs = line.nowMs - startedAt;
    const { closed } = line.transcript;
    const answer = closed === undefined ? await this.plain(line) : undefined;
    line.close();
    return { waitedMs, closed, answer };
  }

  #open(transcript?: Transcript): Promise<Line> {
    return Line.open(this.#server, this.#options.connectTimeoutMs, transcript);
  }

  #ask(line: Line, request: LlmRequest, patience: Partial<Patience> = {}): Asking {
    return new Asking(line, this.#server.protocol, request, { ...this.#options.patience, ...patience });
  }

  async #isAlive(): Promise<boolean> {
    const line = await this.#open().catch(() => undefined);
    if (line === undefined) return false;
    const answer = await this.#ask(line, plainQuestion(this.#options), { afterEndMs: 0 }).answer;
    line.close();
    return isWhole(answer) || isUnderstood(answer);
  }
}

function safely(protocol: LlmProtocol, text: string): DecodedFrame {
  try {
    return protocol.decode(text);
  } catch (cause) {
    return { event: { type: 'error', error: new LlmFrameError('the protocol failed on it', cause) } };
  }
}

/** Before the first question a connection is left at a frame without sense; other events are passed over. */
function isHarmful(protocol: LlmProtocol, text: string): boolean {
  const { event } = safely(protocol, text);
  return event?.type === 'error' && (event.error instanceof LlmFrameError || event.reach === 'connection');
}
