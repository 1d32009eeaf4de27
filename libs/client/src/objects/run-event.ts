import { type Message } from './message.js';
import { type Run } from './run.js';

interface RunEventBase {
  run_id: string;
  message_id: string;
}

/** The first event of a run. */
export interface RunStarted extends RunEventBase {
  type: 'run.started';
  run: Run;
}

/** The messages that were stored before the answer was generated. */
export interface MessageCreated extends RunEventBase {
  type: 'message.created';
  /** The user's message. */
  message: Message;
  /** The answer, still empty. */
  reply: Message;
}

/** A piece of the answer's text. */
export interface MessageDelta extends RunEventBase {
  type: 'message.delta';
  /** Its position: UTF-16 code units from the beginning of the text. */
  offset: number;
  delta: string;
}

/** The LLM server failed, and another attempt starts: drop all text after the first `keep_chars` characters. */
export interface RunRetrying extends RunEventBase {
  type: 'run.retrying';
  attempt: number;
  endpoint: string;
  reason: string;
  keep_chars: number;
}

/** The answer has ended; `message` is the stored answer. */
export interface MessageEnded extends RunEventBase {
  type: 'message.completed' | 'message.failed' | 'message.cancelled' | 'message.incomplete';
  message: Message;
}

/** The last event of every run. */
export interface RunFinished extends RunEventBase {
  type: 'run.finished';
  run: Run;
}

/** The events of a run. */
export type RunEvent = RunStarted | MessageCreated | MessageDelta | RunRetrying | MessageEnded | RunFinished;
