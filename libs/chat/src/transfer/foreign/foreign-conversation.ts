/** A message of another program, with the text that Parley stores. */
export interface ForeignMessage {
  role: 'user' | 'assistant';
  content: string;
  /** Whether the answer was complete. */
  status: 'completed' | 'incomplete' | 'failed';
  model: string | null;
  /** ISO 8601; null if it is not known. */
  createdAt: string | null;
}

/** A node of a conversation tree of another program. */
export interface ForeignNode {
  id: string;
  /** The id of its parent; null or an unknown id for a root. */
  parent: string | null;
  /** The ids of its children in order, as far as the program lists them. */
  children: readonly string[];
  /** Undefined if the message is left out; its children then belong to its parent. */
  message: ForeignMessage | undefined;
}

/** A conversation of another program. */
export interface ForeignConversation {
  title: string | null;
  /** ISO 8601; null if it is not known. */
  createdAt: string | null;
  /** ISO 8601 time of the last activity; null if it is not known. */
  updatedAt: string | null;
  nodes: ForeignNode[];
  /** The id of the node that the program showed last. */
  current: string | undefined;
}
