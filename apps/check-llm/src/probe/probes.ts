import { setTimeout as delay } from 'node:timers/promises';
import { LlmError, LlmFrameError, type DecodedFrame, type LlmProtocol, type LlmRequest } from '#llm';
import { isUnderstood, isWhole, type Answer } from '../talk/answer.js';
import { Asking, type Patience } from '../talk/ask.js';
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

/** How long a server may take to greet, to answer a ping, to stop an answer, and to say that a frame is invalid. */
const waits = { greetingMs: 300, pingMs: 5_000, stopMs: 5_000, invalidMs: 3_000 };

/** Connections that are opened at once to see how many the server takes. */
const manyConnections = 8;

/** How often Parley pings. */
const heartbeatMs = 10_000;

/** Looks at one server, one question at a time. Knows what happened, and judges nothing. */
export class Probes {
  constructor(
    private readonly server: Server,
    private readonly options: ProbeOptions,
  ) {}

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
    const frames = line.transcript.frames.slice(line.shakenFrames).map(({ text }) => text);
    return { frames, harmful: frames.filter((text) => isHarmful(this.server.protocol, text)) };
  }

  streamed(line: Line): Promise<Answer> {
    return this.#ask(line, streamedQuestion(this.options)).answer;
  }

  plain(line: Line): Promise<Answer> {
    return this.#ask(line, plainQuestion(this.options)).answer;
  }

  /** On two connections. */
  async two(): Promise<TwoFacts | undefined> {
    const lines = await Promise.allSettled([this.#open(), this.#open()]);
    const [first, second] = lines;
    try {
      if (first.status === 'rejected' || second.status === 'rejected') return undefined;
      const questions = [streamedQuestion(this.options), streamedQuestion(this.options)] as const;
      const answers = await Promise.all([
        this.#ask(first.value, questions[0]).answer,
        this.#ask(second.value, questions[1]).answer,
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
    await delay(waits.greetingMs);
    const open = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const opened = open.filter((line) => line.isOpen).length;
    for (const line of open) line.close();
    const refusal = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as unknown;
    return { asked: asked.length, opened, error: refusal instanceof LlmError ? refusal : undefined };
  }

  async invalid(): Promise<InvalidFacts> {
    const line = await this.#open();
    await delay(waits.greetingMs);
    const known = line.transcript.frames.length;
    const decoded: DecodedFrame[] = [];
    line.send(invalidFrame);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waits.invalidMs);
      const over = (): void => {
        clearTimeout(timer);
        resolve();
      };
      line.onClosed = over;
      line.onFrame = (text) => {
        const frame = safely(this.server.protocol, text);
        decoded.push(frame);
        if (frame.event?.type === 'error' || frame.event?.type === 'end') over();
      };
    });
    const { closed, frames } = line.transcript;
    line.close();
    const errors = decoded.flatMap(({ event }) => (event?.type === 'error' ? [event.error] : []));
    return {
      frames: frames.slice(known).flatMap(({ way, text }) => (way === 'heard' ? [text] : [])),
      errorCode: errors.find((error) => !(error instanceof LlmFrameError))?.code,
      isAnswered: decoded.some(({ event }) => event !== undefined && event.type !== 'error'),
      closed,
      isAliveAfter: await this.#isAlive(),
    };
  }

  async cancel(): Promise<CancelFacts> {
    const line = await this.#open();
    const asking = this.#ask(line, longQuestion(this.options), { afterEndMs: 0 });
    await Promise.race([
      asking.answer,
      new Promise<void>((resolve) => {
        asking.onPiece = resolve;
      }),
    ]);
    const over = await Promise.race([asking.answer, Promise.resolve(undefined)]);
    if (over !== undefined) {
      line.close();
      return { how: 'frame', isTooLate: true, endedMs: undefined, framesAfter: 0, isAliveAfter: true };
    }
    const cancelledAt = line.nowMs;
    const said = line.transcript.frames.length;
    const how = asking.cancel();
    const answer = await Promise.race([asking.answer, delay(waits.stopMs, undefined, { ref: false })]);
    const isEnded = answer?.end !== undefined || answer?.error !== undefined;
    const endedMs = isEnded ? line.nowMs - cancelledAt : undefined;
    const framesAfter = line.transcript.frames.slice(said).filter(({ way }) => way === 'heard').length;
    line.cut();
    return { how, isTooLate: false, endedMs, framesAfter, isAliveAfter: await this.#isAlive() };
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
    return Line.open(this.server, this.options.connectTimeoutMs, transcript);
  }

  #ask(line: Line, request: LlmRequest, patience: Partial<Patience> = {}): Asking {
    return new Asking(line, this.server.protocol, request, { ...this.options.patience, ...patience });
  }

  async #isAlive(): Promise<boolean> {
    const line = await this.#open().catch(() => undefined);
    if (line === undefined) return false;
    const answer = await this.plain(line);
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
