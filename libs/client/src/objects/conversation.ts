/** A part of a text that was searched; `hit` if it matches the query. */
export interface SnippetPart {
  text: string;
  hit: boolean;
}

/** The match of a search in a message, or in the title if `message_id` is null. */
export interface SearchMatch {
  message_id: string | null;
  snippet: readonly SnippetPart[];
}

/** A conversation without its messages. */
export interface Conversation {
  id: string;
  title: string | null;
  metadata: Record<string, unknown>;
  /** The run that is generating an answer; null if there is none. */
  active_run_id: string | null;
  /** Times are in ISO 8601. */
  created_at: string;
  updated_at: string;
  /** In search results only. */
  matches?: readonly SearchMatch[];
}

/** What an import stored, and what it left out. */
export interface ImportReport {
  format: 'parley' | 'chatgpt' | 'open_webui' | 'librechat';
  /** The ids of the new conversations, in the order of the file. */
  conversation_ids: readonly string[];
  message_count: number;
  left_out: readonly { kind: string; count: number; description: string }[];
}

/** The first conversation of an import, with the report. */
export interface ImportedConversation extends Conversation {
  import: ImportReport;
}
