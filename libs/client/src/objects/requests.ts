import { type PageQuery } from './page.js';

/** How an answer is to be made. */
export interface GenerationSettings {
  max_tokens?: number;
  temperature?: number;
  /** `never`: an answer that breaks off ends as incomplete instead of starting over elsewhere. */
  restart?: 'allowed' | 'never';
}

/** What to do when the conversation has an active run. */
export type OnBusy = 'reject' | 'queue' | 'interrupt';

/** `POST /api/conversations/{id}/messages` */
export interface SendMessage {
  content: string;
  /** Chosen by the caller: a UUID, best one of {@link newId}. */
  id?: string;
  /** The message to go on from; the newest if left out. An older one makes a branch, null a new first message. */
  parent_id?: string | null;
  model?: string;
  metadata?: Record<string, unknown>;
  settings?: GenerationSettings;
  on_busy?: OnBusy;
}

/** `POST /api/messages/{id}/regenerate` */
export type Regenerate = Pick<SendMessage, 'model' | 'metadata' | 'settings' | 'on_busy'>;

/** `GET /api/conversations` */
export interface ConversationQuery extends PageQuery {
  /** Searches titles and messages. */
  q?: string;
}

/** `GET /api/conversations/{id}/messages`: the newest branch unless one is named. */
export interface MessageQuery extends PageQuery {
  /** The branch that ends with this message; `all`: every message. */
  leaf?: string;
  /** The newest branch that passes through this message. */
  through?: string;
}

/** `POST` and `PATCH /api/conversations` */
export interface ConversationFields {
  title?: string | null;
  metadata?: Record<string, unknown>;
}
