/** One server-sent event as it came, as far as the checker looks at it. */
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
  /** Of an event that ends the message: what it says the whole message is. */
  content?: string;
  /** Of the message, or of the run in `run.finished`. */
  status?: string;
}

/** How a request for events ended: by the server, by the client, because a connection broke, or in silence. */
export type ReadingEnd = 'ended' | 'dropped' | 'broken' | 'silent';

/** What one request for the events of a run brought. */
export interface Reading {
  replica: string;
  /** The id that was sent as the last one known; undefined: from the beginning. */
  after: string | undefined;
  /** HTTP status. */
  status: number;
  events: StreamEvent[];
  end: ReadingEnd;
}

/** One reader of one run, over as many connections as it took. */
export interface Reader {
  client: string;
  runId: string;
  readings: Reading[];
}

/** What a client was told of a turn: from then on the turn must exist. */
export interface Acknowledgement {
  runId: string;
  replyId: string;
  conversationId?: string | undefined;
  userId?: string | undefined;
  /** The whole answer, for a client that waited for it, and the status that it was told. */
  content?: string | undefined;
  status?: string | undefined;
}

/** How a try to send ended. Only after `refused` is it certain that nothing was received. */
export type TryOutcome = 'refused' | 'broken' | 'silent' | 'dropped' | 'answered';

/** One HTTP request with a message. */
export interface SendTry {
  replica: string;
  /** Milliseconds since 1970, before the request. */
  at: number;
  outcome: TryOutcome;
  /** HTTP status, and the code of a problem. */
  status?: number | undefined;
  code?: string | undefined;
}

export type AnswerForm = 'json' | 'events' | 'async';
export type OnBusy = 'reject' | 'queue' | 'interrupt';

/** One message that a client wants to be said once, however often it has to ask. */
export interface Send {
  client: string;
  /** Unique in the run of the programme, and part of the content. */
  name: string;
  content: string;
  form: AnswerForm;
  /** undefined: the send opens a conversation. */
  conversationId: string | undefined;
  key: string | undefined;
  /** The id that the client chose for the user's message. */
  ownId: string | undefined;
  parentId: string | undefined;
  onBusy: OnBusy;
  tries: SendTry[];
  acknowledgements: Acknowledgement[];
}

/** A wish to cancel. */
export interface Cancel {
  client: string;
  runId: string;
  /** Milliseconds since 1970, after the answer. */
  at: number;
  /** 202: it was running; 200: it was over; undefined: no answer came. */
  status: number | undefined;
}

/** What a client was told of a run that it asked after. */
export interface Look {
  client: string;
  runId: string;
  status: string;
}

/** Everything that one client did and saw. */
export interface History {
  client: string;
  /** Conversations whose opening was acknowledged. */
  conversations: string[];
  sends: Send[];
  readers: Reader[];
  cancels: Cancel[];
  /** Runs that were said to be over. */
  looks: Look[];
}
