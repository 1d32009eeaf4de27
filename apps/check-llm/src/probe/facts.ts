import { type LlmError, type ProtocolError } from '#llm';
import { type Answer } from '../connection/answer.js';
import { type LateFrame } from '../connection/late-frame.js';
import { type CloseInfo, type RecordedFrame } from '../connection/recorded-connection.js';

/** The outcome of one connection attempt. */
export interface ConnectFacts {
  /** Milliseconds to the end of the protocol's handshake; undefined if the attempt failed. */
  openedMs: number | undefined;
  error: LlmError | undefined;
  /** The frames of the protocol's handshake, in both directions. */
  frames: readonly RecordedFrame[];
}

/** Frames that the server sends before the first request. */
export interface GreetingFacts {
  frames: readonly string[];
  /** Those at which Parley closes the connection: undecodable ones and errors of the whole connection. */
  rejected: readonly string[];
  /** What is wrong with the first one that cannot be decoded, and the remedy. */
  problem?: string | undefined;
  /** Those that the protocol decodes as an answer or as an error. */
  answers: readonly LateFrame[];
}

/** The answers to two questions whose right answers are known. */
export interface ContentFacts {
  /** A request to count. */
  counted: { question: string; text: string };
  /** A request to repeat a made-up word. */
  repeated: { question: string; text: string };
  word: string;
  /** Whether the first answer came in pieces, or its last frame says that it is the last one. Refusals have neither. */
  isMarked: boolean;
}

/** Two requests at the same time, on two connections. */
export interface TwoConnectionsFacts {
  answers: readonly [Answer, Answer];
  /** Further pairs, requested where the first one seemed to be answered one after the other. */
  again?: readonly (readonly [Answer, Answer])[];
}

/** Several connections at the same time. */
export interface ConnectionsFacts {
  /** How many were attempted. */
  attempted: number;
  /** How many of them were open a moment later. */
  opened: number;
  /** Why one of the others was refused, if known. */
  error: LlmError | undefined;
}

/** Two requests at the same time, on one connection. */
export interface SharedFacts {
  errors: readonly LlmError[];
  /** Whether both were answered at the same time; undefined if the answers were too short to compare. */
  isConcurrent: boolean | undefined;
}

/** The reaction to a frame that is not JSON. */
export interface InvalidFacts {
  frames: readonly string[];
  /** The code of an error that the protocol decodes. */
  errorCode: string | undefined;
  /** Frames after that error, or after the answer. */
  late: readonly LateFrame[];
  errorReach: ProtocolError['reach'];
  /** Whether the server treated the frame as a request and answered it. */
  isAnswered: boolean;
  closed: CloseInfo | undefined;
  /** Whether the server still answers on a new connection. */
  isAliveAfter: boolean;
}

/** The frames after a request that the server answered with an error. */
export interface AfterErrorFacts {
  errorCode: string;
  errorReach: ProtocolError['reach'];
  /** Frames after the error. */
  late: readonly LateFrame[];
}

/** Whether conversations that use the same connection one after the other share anything. */
export interface MemoryFacts {
  /** A word from one conversation was known in another one on the same connection; false if connections are not shared. */
  isKnown: boolean;
  /** It was also known in another conversation on another connection. */
  isKnownElsewhere: boolean;
  /** A follow-up question was answered with a word from its history; otherwise the answers prove nothing. */
  canRecall: boolean;
  /** The answer on the used connection differed from the answers on two new connections, which were equal. */
  differsWhenUsed: boolean;
}

/** The cancellation of an answer. */
export interface CancelFacts {
  /** Whether it was canceled with a frame of the protocol or by closing the connection. */
  how: 'frame' | 'close';
  /** The answer ended before it could be canceled. */
  isTooLate: boolean;
  /** Milliseconds from the cancel frame to the end of the answer; undefined if the server did not end it. */
  endedMs: number | undefined;
  /** Number of frames after the cancel frame, up to the end of the answer. */
  framesAfter: number;
  /** Frames after the end of the canceled answer. */
  late: readonly LateFrame[];
  /** Whether the server still answers on a new connection. */
  isAliveAfter: boolean;
}

/** A request on a connection that has been idle. */
export interface IdleFacts {
  /** Idle time in milliseconds, up to the close of the connection. */
  waitedMs: number;
  /** Set if the server closed the idle connection. */
  closed: CloseInfo | undefined;
  /** The answer after the idle time. */
  answer: Answer | undefined;
}
