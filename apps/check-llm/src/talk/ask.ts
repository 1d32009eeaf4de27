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
import { type Answer, type Trouble } from './answer.js';
import { lateFrame, type LateFrame } from './late-frame.js';
import { type Line } from './line.js';

/** How long is waited, in milliseconds. */
export interface Patience {
  /** For the whole answer. */
  answerMs: number;
  /** For the next frame. */
  silenceMs: number;
  /** After frames that make no sense. */
  senselessMs: number;
  /** After frames that may make sense, and say nothing of an answer, while there is none. */
  idleTalkMs: number;
  /** After the end, for what should not come any more. */
  afterEndMs: number;
  /** The same after an error; as after the end if left out. */
  afterErrorMs?: number;
}

/** Most frames after the end that are kept. */
const maxLate = 100;

/** One request on a line that carries no other, read as Parley reads it, but without giving up at the first mistake. */
export class Asking {
  readonly answer: Promise<Answer>;
  /** Called with each piece. */
  onPiece: () => void = () => undefined;
  readonly #assembly = new AnswerAssembly();
  readonly #context: EncodeContext;
  readonly #requestId: string | undefined;
  readonly #startedAt: number;
  readonly #from: number;
  readonly #facts: Answer;
  readonly #senseless: string[] = [];
  readonly #late: LateFrame[] = [];
  readonly #settle: (answer: Answer) => void;
  #lastAt: number;
  #wait: Timer;
  readonly #deadline: Timer;
  #isSettled = false;
  readonly #line: Line;
  readonly #protocol: LlmProtocol;
  readonly #request: LlmRequest;
  readonly #patience: Patience;

  constructor(line: Line, protocol: LlmProtocol, request: LlmRequest, patience: Patience) {
    this.#line = line;
    this.#protocol = protocol;
    this.#request = request;
    this.#patience = patience;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.answer = promise;
    this.#settle = resolve;
    const rules = { ...connectionDefaults, ...protocol.connection };
    // If ids are optional, a server that repeats them shows which request each frame belongs to.
    const isNamed = rules.correlation === 'ids' || rules.offersIds;
    this.#requestId = isNamed ? line.nextRequestId(rules.uniqueIds || rules.offersIds) : undefined;
    this.#context = {
      ...line.context,
      now: systemClock.date(),
      learned: line.learned,
      ...(this.#requestId === undefined ? {} : { requestId: this.#requestId }),
    };
    this.#from = line.transcript.frames.length;
    this.#startedAt = this.#lastAt = line.nowMs;
    this.#facts = {
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
      trouble: undefined,
      closed: undefined,
      senseless: this.#senseless,
      late: this.#late,
    };
    this.#deadline = systemClock.timer(patience.answerMs, () => this.#over('too_long'));
    this.#wait = this.#silence();
    if (line.transcript.closed !== undefined) {
      this.#facts.closed = line.transcript.closed;
      this.#over('closed');
      return;
    }
    line.onFrame = (text) => this.#heard(text);
    line.onClosed = (closed) => {
      this.#facts.closed = closed;
      this.#over('closed');
    };
    this.#send(protocol.encode(request, this.#context));
  }

  /** Ends the answer early, by the protocol's frame if it has one, else by closing the connection. */
  cancel(): 'frame' | 'close' {
    const stop = this.#line.isOpen ? this.#protocol.cancel?.(this.#request, this.#context) : undefined;
    if (stop === undefined) {
      this.#line.cut();
      return 'close';
    }
    this.#line.send(stop);
    return 'frame';
  }

  #send(frames: string | readonly string[]): void {
    for (const frame of [frames].flat()) this.#line.send(frame);
  }

  #silence(limitMs = this.#patience.silenceMs): Timer {
    return systemClock.timer(limitMs, () =>
      this.#over(
        this.#facts.pieces > 0 ? 'stopped' : this.#senseless.length > 0 ? 'not_understood' : 'silent',
      ),
    );
  }

  #heard(text: string): void {
    let frame: DecodedFrame;
    try {
      frame = this.#protocol.decode(text);
    } catch {
      return this.#makesNoSense(text);
    }
    const { event, facts, learned, next, reply } = frame;
    if (event?.type === 'error' && event.error instanceof LlmFrameError) return this.#makesNoSense(text);
    if (this.#isForeign(frame)) return;
    if (reply !== undefined) this.#line.send(reply);
    if (this.#isOver) {
      if (event !== undefined) this.#cameLate(text, frame);
      return;
    }
    this.#wait.cancel();
    this.#context.answerId ??= frame.answerId;
    if (learned !== undefined) this.#context.learned = { ...this.#context.learned, ...learned };
    if (facts !== undefined) this.#assembly.learn(facts);
    if (next !== undefined) this.#send(next(this.#request, this.#context));
    const isIdleTalk = event === undefined && next === undefined && this.#facts.pieces === 0;
    this.#wait = this.#silence(isIdleTalk ? this.#patience.idleTalkMs : this.#patience.silenceMs);
    if (event !== undefined) this.#take(event);
  }

  /** Of another request or another client: Parley drops it. */
  #isForeign({ requestId }: DecodedFrame): boolean {
    return this.#requestId !== undefined && requestId !== undefined && requestId !== this.#requestId;
  }

  #take(event: NonNullable<DecodedFrame['event']>): void {
    const facts = this.#facts;
    const atMs = this.#line.nowMs - this.#startedAt;
    if (event.type === 'error') {
      if (event.reach === 'nobody') return;
      facts.error = event.error;
      facts.errorReach = event.reach;
      facts.endMs = atMs;
      return this.#lingering(this.#patience.afterErrorMs);
    }
    const before = this.#assembly.text;
    const told = this.#assembly.take(event);
    if (told.type === 'end') {
      facts.streamedText = before + (told.lastPiece ?? '');
      facts.end = told;
      facts.endMs = atMs;
      this.#noteText(this.#assembly.text !== before, atMs);
      return this.#lingering();
    }
    if (told.type === 'replace') facts.replaced += 1;
    facts.streamedText = this.#assembly.text;
    this.#noteText(told.text !== '', atMs);
    if (told.text !== '') this.onPiece();
  }

  #noteText(isPiece: boolean, atMs: number): void {
    if (!isPiece) return;
    const facts = this.#facts;
    facts.pieces += 1;
    if (facts.firstMs === undefined) facts.firstMs = atMs;
    else facts.longestGapMs = Math.max(facts.longestGapMs, this.#line.nowMs - this.#lastAt);
    this.#lastAt = this.#line.nowMs;
  }

  get #isOver(): boolean {
    return this.#facts.end !== undefined || this.#facts.error !== undefined;
  }

  #cameLate(text: string, frame: DecodedFrame | undefined): void {
    if (this.#late.length >= maxLate) return;
    this.#late.push(lateFrame(text, this.#line.nowMs - this.#startedAt - (this.#facts.endMs ?? 0), frame));
  }

  /** For a fixed time: a server that goes on sending must not keep the check waiting. */
  #lingering(forMs = this.#patience.afterEndMs): void {
    this.#wait.cancel();
    this.#wait = systemClock.timer(forMs, () => this.#over());
  }

  #makesNoSense(text: string): void {
    if (this.#isOver) return this.#cameLate(text, undefined);
    this.#senseless.push(text);
    this.#wait.cancel();
    this.#wait = systemClock.timer(this.#patience.senselessMs, () => this.#over('not_understood'));
  }

  #over(trouble?: Trouble): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#wait.cancel();
    this.#deadline.cancel();
    this.#line.onFrame = () => undefined;
    this.#line.onClosed = () => undefined;
    const facts = this.#facts;
    const isOver = this.#isOver;
    if (!isOver && trouble === 'closed' && this.#endsOnClose()) {
      facts.end = this.#assembly.end({ type: 'end' });
      facts.endMs = this.#line.nowMs - this.#startedAt;
    } else if (!isOver) facts.trouble = trouble;
    facts.text = this.#assembly.text;
    facts.frames = this.#line.transcript.frames.slice(this.#from);
    this.#settle(facts);
  }

  #endsOnClose(): boolean {
    const { closed } = this.#facts;
    const { endsOnClose } = { ...connectionDefaults, ...this.#protocol.connection };
    return closed !== undefined && endsOnClose.includes(closed.code) && this.#assembly.text !== '';
  }
}
