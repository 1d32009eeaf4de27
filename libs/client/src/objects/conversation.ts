/** A piece of text that was searched; `hit` where it matches. */
export interface SnippetPart {
  text: string;
  hit: boolean;
}

/** Where a search found a conversation: in a message, or in its title. */
export interface SearchMatch {
  message_id: string | null;
  snippet: readonly SnippetPart[];
}

export interface Conversation {
  id: string;
  title: string | null;
  metadata: Record<string, unknown>;
  /** The run whose answer is being generated in it, if any. */
  active_run_id: string | null;
  /** ISO 8601. */
  created_at: string;
  updated_at: string;
  /** In search results only. */
  matches?: readonly SearchMatch[];
}
