import { type Message } from './message.js';
import { type Run } from './run.js';

interface OfRun {
  run_id: string;
  message_id: string;
}

export interface RunStarted extends OfRun {
  type: 'run.started';
  run: Run;
}

/** What was stored before the answer began. */
export interface MessageCreated extends OfRun {
  type: 'message.created';
  /** The user's. */
  message: Message;
  /** The answer, still empty. */
  reply: Message;
}

/** A piece of the answer. */
export interface MessageDelta extends OfRun {
  type: 'message.delta';
  /** Where it belongs: UTF-16 code units from the beginning of the text. */
  offset: number;
  delta: string;
}

/** The LLM server that gave the text failed; all but its first `keep_chars` characters is to be dropped. */
export interface RunRetrying extends OfRun {
  type: 'run.retrying';
  attempt: number;
  endpoint: string;
  reason: string;
  keep_chars: number;
}

/** The answer as it was stored. */
export interface MessageEnded extends OfRun {
  type: 'message.completed' | 'message.failed' | 'message.cancelled' | 'message.incomplete';
  message: Message;
}

/** The last event of every run. */
export interface RunFinished extends OfRun {
  type: 'run.finished';
  run: Run;
}

/** Everything that a run tells, in the order in which it happens. */
export type RunEvent = RunStarted | MessageCreated | MessageDelta | RunRetrying | MessageEnded | RunFinished;
