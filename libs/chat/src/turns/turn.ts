import { type Message } from '../messages/message.entity.js';
import { type RunView } from '../runs/run.view.js';

/** What a turn may ask of the LLM. */
export interface TurnSettings {
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  /** Is the LLM asked for its answer piece by piece? */
  stream: boolean;
  /** May the text start over when an answer breaks off in the middle? */
  restart?: 'allowed' | 'never' | undefined;
}

/** A user's message that wants an answer. */
export interface TurnRequest {
  owner: string;
  /** A new conversation is opened if left out. */
  conversationId?: string | undefined;
  content: string;
  model?: string | undefined;
  metadata: Record<string, unknown>;
  settings: TurnSettings;
}

/** A turn as it stands in the database: nothing of it can be lost any more. */
export interface Turn {
  user: Message;
  reply: Message;
  run: RunView;
  /** Names this replica's hold on the run. */
  fence: number;
}
