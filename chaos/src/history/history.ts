/** The members of a server-sent event that the checker needs. */
export interface StreamEvent {
  id: string;
  type: string;
  runId: string;
  replyId: string;
  /** Of a `message.delta`. */
  offset?: number;
  delta?: string;
  /** Of a `run.retrying`. */
  attempt?: number;
  keepChars?: number;
  /** Of `message.created`: the user's message. */
  userId?: string;
  conversationId?: string;
  /** Of a final event of the message: the whole text. */
  content?: string;
  /** Of the message, or of the run in `run.finished`. */
  status?: string;
}

/** How a request for events ended: `ended` by the server, `dropped` by the client, `broken` connection, `silent` for too long. */
export type ReadingEnd = 'ended' | 'dropped' | 'broken' | 'silent';

/** One request for the events of a run, and its events. */
export interface Reading {
  replica: string;
  /** The event id that the client resumed after; undefined: it started at the first event. */
  after: string | undefined;
  /** HTTP status. */
  status: number;
  events: StreamEvent[];
  end: ReadingEnd;
}

/** One client that follows one run, with all its requests. */
export interface Reader {
  client: string;
  runId: string;
  readings: Reading[];
}

/** The ids of a turn in an answer. From then on the turn must exist. */
export interface Acknowledgement {
  runId: string;
  replyId: string;
  conversationId?: string | undefined;
  userId?: string | undefined;
  /** The text and status of the reply, for a client that waited for it. */
  content?: string | undefined;
  status?: string | undefined;
}

/** How a request ended. Only after `refused` is it certain that the server received nothing. */
export type TryOutcome = 'refused' | 'broken' | 'silent' | 'dropped' | 'answered';

/** One HTTP request with a message. */
export interface SendTry {
  replica: string;
  /** Milliseconds since 1970, before the request. */
  at: number;
  outcome: TryOutcome;
  /** HTTP status, and the `code` of a problem. */
  status?: number | undefined;
  code?: string | undefined;
}

/** How a client wants its answer: the whole as JSON, an event stream, or 202 at once. */
export type AnswerForm = 'json' | 'events' | 'async';
/** `on_busy` of the API. */
export type OnBusy = 'reject' | 'queue' | 'interrupt';

/** One message that must be stored once, however often its request is repeated. */
export interface Send {
  client: string;
  /** Unique, and part of the content. */
  name: string;
  content: string;
  form: AnswerForm;
  /** undefined: the message starts a conversation. */
  conversationId: string | undefined;
  /** Its `Idempotency-Key`. */
  key: string | undefined;
  /** The client-supplied id of the user's message. */
  ownId: string | undefined;
  parentId: string | undefined;
  onBusy: OnBusy;
  tries: SendTry[];
  acknowledgements: Acknowledgement[];
}

/** A request to cancel a run. */
export interface Cancel {
  client: string;
  runId: string;
  /** Milliseconds since 1970, after the answer. */
  at: number;
  /** 202: the run was active; 200: it had ended; undefined: there was no answer. */
  status: number | undefined;
}

/** The final status of a run, as a client got it by polling; `missing`: 404. */
export interface RunPoll {
  client: string;
  runId: string;
  status: string;
}

/** Everything that one client sent and received. */
export interface History {
  client: string;
  /** Conversations whose creation was acknowledged. */
  conversations: string[];
  sends: Send[];
  readers: Reader[];
  cancels: Cancel[];
  polls: RunPoll[];
}
