import { type LlmError, type ProtocolError } from '#llm';
import { type Answer } from '../talk/answer.js';
import { type LateFrame } from '../talk/late-frame.js';
import { type Closed, type Frame } from '../talk/line.js';

/** A connection that was made, or was not. Times in milliseconds. */
export interface ConnectFacts {
  openedMs: number | undefined;
  error: LlmError | undefined;
  /** What was said until then: the handshake of the protocol. */
  frames: readonly Frame[];
}

/** What the server says by itself, before it is asked. */
export interface GreetingFacts {
  frames: readonly string[];
  /** Those that the protocol takes for something they cannot be before a question. */
  harmful: readonly string[];
  /** Those that read as an answer, or as an error. */
  answers: readonly LateFrame[];
}

export interface TwoFacts {
  answers: readonly [Answer, Answer];
  refused: LlmError | undefined;
}

export interface ConnectionsFacts {
  asked: number;
  opened: number;
  error: LlmError | undefined;
}

/** Two requests on one connection. */
export interface SharedFacts {
  errors: readonly LlmError[];
  /** Whether both were being answered at the same time; undefined if it was over too soon to tell. */
  isSideBySide: boolean | undefined;
}

export interface InvalidFacts {
  frames: readonly string[];
  /** The code of an error that the protocol understands. */
  errorCode: string | undefined;
  /** What came after that error, or after the answer. */
  late: readonly LateFrame[];
  errorReach: ProtocolError['reach'];
  /** Was it taken for a question, and answered? */
  isAnswered: boolean;
  closed: Closed | undefined;
  /** Whether the server still answers on a new connection. */
  isAliveAfter: boolean;
}

/** A question that the server answered with an error. */
export interface AfterErrorFacts {
  errorCode: string;
  errorReach: ProtocolError['reach'];
  /** What came after the error. */
  late: readonly LateFrame[];
}

/** Whether conversations that use the same connection one after the other share anything. */
export interface MemoryFacts {
  /** A word from one conversation was known in another one on the same connection. */
  isKnown: boolean;
  /** It was also known in another conversation on another connection. */
  isKnownElsewhere: boolean;
  /** The server uses a word from the history of the same conversation; otherwise its answers prove nothing. */
  canRecall: boolean;
  /** On the used connection a question got another answer than on two new ones, which agreed. */
  differsWhenUsed: boolean;
}

export interface CancelFacts {
  how: 'frame' | 'close';
  /** The answer was over before it could be cancelled. */
  isTooLate: boolean;
  /** Until the answer was ended by the server. */
  endedMs: number | undefined;
  framesAfter: number;
  /** What came after the end of the cancelled answer. */
  late: readonly LateFrame[];
  isAliveAfter: boolean;
}

export interface IdleFacts {
  waitedMs: number;
  closed: Closed | undefined;
  /** What came of a question after the pause. */
  answer: Answer | undefined;
}
