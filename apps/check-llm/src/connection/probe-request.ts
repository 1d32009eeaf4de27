import { randomUUID } from 'node:crypto';
import {
  AnswerAssembly,
  connectionDefaults,
  LlmFrameError,
  systemClock,
  type DecodedFrame,
  type EncodeContext,
  type LlmProtocol,
  type LlmRequest,
  type Timer,
} from '#llm';
import { type Answer, type AnswerFailure } from './answer.js';
import { lateFrame, type LateFrame } from './late-frame.js';
import { type RecordedConnection } from './recorded-connection.js';

/** Timeouts of one request, in milliseconds. */
export interface ProbeTimeouts {
  /** For the whole answer. */
  answerMs: number;
  /** For the next frame. */
  silenceMs: number;
  /** After a frame that the protocol cannot decode. */
  afterUndecodableMs: number;
  /** After a frame that contains no part of an answer, while no piece has arrived. */
  noAnswerMs: number;
  /** After a valid frame that the protocol does not know, while no piece has arrived; default: `noAnswerMs`. */
  unknownFrameMs?: number;
  /** How long to watch for frames after the end. */
  afterEndMs: number;
  /** The same after an error; default: `afterEndMs`. */
  afterErrorMs?: number;
}

const binaryProblem = 'it is binary (in a description: connection: { binary: true })';

/** Most late frames that are recorded. */
const maxLate = 100;

/**
 * One request on a connection without other requests. Frames are decoded as Parley does, but undecodable and late frames
 * are recorded instead of ending the connection.
 */
export class ProbeRequest {
  /** Resolves when the answer and the watch time after it have ended; never rejects. */
  readonly answer: Promise<Answer>;
  /** Called for each piece of text. */
  onPiece: () => void = () => undefined;
  readonly #assembly = new AnswerAssembly();
  readonly #context: EncodeContext;
  readonly #requestId: string | undefined;
  readonly #startedAt: number;
  readonly #firstFrame: number;
  readonly #answer: Answer;
  readonly #undecodable: string[] = [];
  readonly #late: LateFrame[] = [];
  readonly #settle: (answer: Answer) => void;
  #lastPieceAt: number;
  #timer: Timer;
  readonly #deadline: Timer;
  #isSettled = false;
  /** Whether the end frame that the protocol announces after an error is still missing. */
  #awaitsEnd = false;
  readonly #silenceEndMs: number | undefined;
  readonly #connection: RecordedConnection;
  readonly #protocol: LlmProtocol;
  readonly #request: LlmRequest;
  readonly #timeouts: ProbeTimeouts;

  constructor(
    connection: RecordedConnection,
    protocol: LlmProtocol,
    request: LlmRequest,
    timeouts: ProbeTimeouts,
  ) {
    this.#connection = connection;
    this.#protocol = protocol;
    // As in Parley, every request belongs to a conversation.
    this.#request = { conversationId: randomUUID(), messageId: randomUUID(), ...request };
    this.#timeouts = timeouts;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.answer = promise;
    this.#settle = resolve;
    const rules = { ...connectionDefaults, ...protocol.connection };
    // Optional ids are sent, too: a server that repeats them shows which request each frame belongs to.
    this.#silenceEndMs = rules.silenceEndMs;
    const hasId = rules.correlation === 'ids' || rules.offersIds;
    const nextId = (): string => connection.nextRequestId(rules.uniqueIds || rules.offersIds);
    this.#requestId = hasId ? nextId() : undefined;
    this.#context = {
      ...connection.context,
      now: systemClock.date(),
      nextId,
      learned: connection.learned,
      ...(this.#requestId === undefined ? {} : { requestId: this.#requestId }),
    };
    this.#firstFrame = connection.log.frames.length;
    this.#startedAt = this.#lastPieceAt = connection.nowMs;
    this.#answer = {
      question: request.message,
      frames: [],
      text: '',
      streamedText: '',
      pieces: 0,
      replaced: 0,
      firstMs: undefined,
      endMs: undefined,
      longestGapMs: 0,
      end: undefined,
      error: undefined,
      errorReach: undefined,
      failure: undefined,
      closed: undefined,
      undecodable: this.#undecodable,
      frameProblem: undefined,
      late: this.#late,
    };
    this.#deadline = systemClock.timer(timeouts.answerMs, () => this.#finish('too_long'));
    this.#timer = this.#startSilenceTimer();
    if (connection.log.closed !== undefined) {
      this.#answer.closed = connection.log.closed;
      this.#finish('closed');
      return;
    }
    connection.onFrame = (text, isBinary) => this.#onFrame(text, isBinary);
    connection.onClosed = (closed) => {
      this.#answer.closed = closed;
      this.#finish('closed');
    };
    this.#send(protocol.encode(this.#request, this.#context));
  }

  /** Cancels the answer with the protocol's cancel frame or, if it has none, by closing the connection. */
  cancel(): 'frame' | 'close' {
    const stop = this.#connection.isOpen ? this.#protocol.cancel?.(this.#request, this.#context) : undefined;
    if (stop === undefined) {
      this.#connection.terminate();
      return 'close';
    }
    this.#connection.send(stop);
    return 'frame';
  }

  #send(frames: string | readonly string[]): void {
    for (const frame of [frames].flat()) this.#connection.send(frame);
  }

  #startSilenceTimer(limitMs = this.#timeouts.silenceMs): Timer {
    return systemClock.timer(limitMs, () =>
      this.#finish(
        this.#answer.pieces > 0 ? 'stopped' : this.#undecodable.length > 0 ? 'not_understood' : 'silent',
      ),
    );
  }

  #onFrame(text: string, isBinary: boolean): void {
    if (isBinary) return this.#addUndecodable(text, binaryProblem);
    let frame: DecodedFrame;
    try {
      frame = this.#protocol.decode(text);
    } catch (error) {
      return this.#addUndecodable(text, error instanceof LlmFrameError ? error.detail : undefined);
    }
    const { event, facts, learned, next, reply, unknown } = frame;
    if (event?.type === 'error' && event.error instanceof LlmFrameError) {
      return this.#addUndecodable(text, event.error.detail);
    }
    if (this.#belongsToOther(frame)) return;
    // As Parley: passed over, unless it may contain a part of an answer that has begun.
    if (unknown !== undefined) {
      const hasBegun = this.#hasEnded || this.#answer.pieces > 0;
      if (unknown.isOfAnswer && hasBegun) return this.#addUndecodable(text, unknown.error.detail);
      this.#answer.frameProblem ??= unknown.error.detail;
    }
    if (reply !== undefined) this.#connection.send(reply);
    if (this.#hasEnded) {
      if (this.#awaitsEnd) this.#awaitsEnd = event?.type !== 'end';
      else if (event !== undefined) this.#addLate(text, frame);
      return;
    }
    this.#timer.cancel();
    this.#context.answerId ??= frame.answerId;
    if (learned !== undefined) this.#context.learned = { ...this.#context.learned, ...learned };
    if (facts !== undefined) this.#assembly.addFacts(facts);
    if (next !== undefined) this.#send(next(this.#request, this.#context));
    const isWithoutAnswer = event === undefined && next === undefined && this.#answer.pieces === 0;
    const { noAnswerMs, unknownFrameMs = noAnswerMs, silenceMs } = this.#timeouts;
    const withoutAnswerMs = unknown === undefined ? noAnswerMs : unknownFrameMs;
    this.#timer = this.#startSilenceTimer(isWithoutAnswer ? withoutAnswerMs : silenceMs);
    if (event !== undefined) this.#onEvent(event);
  }

  /** Whether the frame has the id of another request; Parley drops such frames. */
  #belongsToOther({ requestId }: DecodedFrame): boolean {
    return this.#requestId !== undefined && requestId !== undefined && requestId !== this.#requestId;
  }

  #onEvent(event: NonNullable<DecodedFrame['event']>): void {
    const answer = this.#answer;
    const atMs = this.#connection.nowMs - this.#startedAt;
    if (event.type === 'error') {
      if (event.reach === 'nobody') return;
      answer.error = event.error;
      answer.errorReach = event.reach;
      answer.endMs = atMs;
      this.#awaitsEnd = event.isFollowedByEnd === true;
      return this.#waitForLateFrames(this.#timeouts.afterErrorMs);
    }
    const before = this.#assembly.text;
    const assembled = this.#assembly.add(event);
    if (assembled.type === 'end') {
      answer.streamedText = before + (assembled.lastPiece ?? '');
      answer.end = assembled;
      answer.endMs = atMs;
      this.#countPiece(this.#assembly.text !== before, atMs);
      return this.#waitForLateFrames();
    }
    if (assembled.type === 'replace') answer.replaced += 1;
    answer.streamedText = this.#assembly.text;
    this.#countPiece(assembled.text !== '', atMs);
    if (assembled.text === '') return;
    this.#endAfterSilence();
    this.onPiece();
  }

  /** Ends the answer when no further piece arrives, if the protocol does. */
  #endAfterSilence(): void {
    if (this.#silenceEndMs === undefined) return;
    this.#timer.cancel();
    this.#timer = systemClock.timer(this.#silenceEndMs, () => {
      this.#answer.end = this.#assembly.end({ type: 'end' });
      this.#answer.endMs = this.#connection.nowMs - this.#startedAt;
      this.#waitForLateFrames();
    });
  }

  #countPiece(isPiece: boolean, atMs: number): void {
    if (!isPiece) return;
    const answer = this.#answer;
    answer.pieces += 1;
    if (answer.firstMs === undefined) answer.firstMs = atMs;
    else answer.longestGapMs = Math.max(answer.longestGapMs, this.#connection.nowMs - this.#lastPieceAt);
    this.#lastPieceAt = this.#connection.nowMs;
  }

  get #hasEnded(): boolean {
    return this.#answer.end !== undefined || this.#answer.error !== undefined;
  }

  #addLate(text: string, frame: DecodedFrame | undefined): void {
    if (this.#late.length >= maxLate) return;
    this.#late.push(
      lateFrame(text, this.#connection.nowMs - this.#startedAt - (this.#answer.endMs ?? 0), frame),
    );
  }

  /** The time is fixed, so that a server that keeps sending does not prolong the check. */
  #waitForLateFrames(forMs = this.#timeouts.afterEndMs): void {
    this.#timer.cancel();
    this.#timer = systemClock.timer(forMs, () => this.#finish());
  }

  #addUndecodable(text: string, problem?: string): void {
    this.#answer.frameProblem ??= problem;
    if (this.#hasEnded) return this.#addLate(text, undefined);
    this.#undecodable.push(text);
    this.#timer.cancel();
    this.#timer = systemClock.timer(this.#timeouts.afterUndecodableMs, () => this.#finish('not_understood'));
  }

  #finish(failure?: AnswerFailure): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#timer.cancel();
    this.#deadline.cancel();
    this.#connection.onFrame = () => undefined;
    this.#connection.onClosed = () => undefined;
    const answer = this.#answer;
    const hasEnded = this.#hasEnded;
    if (!hasEnded && failure === 'closed' && this.#endsOnClose()) {
      answer.end = this.#assembly.end({ type: 'end' });
      answer.endMs = this.#connection.nowMs - this.#startedAt;
    } else if (!hasEnded) answer.failure = failure;
    answer.text = this.#assembly.text;
    answer.frames = this.#connection.log.frames.slice(this.#firstFrame);
    this.#settle(answer);
  }

  #endsOnClose(): boolean {
    const { closed } = this.#answer;
    const { endsOnClose } = { ...connectionDefaults, ...this.#protocol.connection };
    return closed !== undefined && endsOnClose.includes(closed.code) && this.#assembly.text !== '';
  }
}
