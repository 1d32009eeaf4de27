import { Http, type HttpOptions } from './http/http.js';
import { newId } from './ids.js';
import { type Conversation } from './objects/conversation.js';
import { type LlmHealth } from './objects/llm-health.js';
import { type Feedback, type Message } from './objects/message.js';
import { type Page } from './objects/page.js';
import {
  type ConversationFields,
  type ConversationQuery,
  type MessageQuery,
  type Regenerate,
  type SendMessage,
} from './objects/requests.js';
import { type Run } from './objects/run.js';
import { RunStream } from './stream/run-stream.js';
import {
  type ReadSoFar,
  streamDefaults,
  type StreamOptions,
  type StreamSettings,
} from './stream/stream-options.js';

export interface ClientOptions extends Partial<HttpOptions>, Partial<StreamSettings> {}

/** For one call. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface SendOptions extends StreamOptions {
  /** Sending again with the same key and body joins what the first one began. One is made up if left out. */
  idempotencyKey?: string | undefined;
}

/** From where to follow a run; from its beginning if left out. */
export interface FollowOptions extends StreamOptions {
  /** Where an earlier stream of this run was. */
  after?: ReadSoFar | undefined;
}

/**
 * Talks to a Parley server. Every call throws ProblemError when the server answers with an error, ConnectionError when
 * it cannot be heard, and the signal's reason when it aborts.
 */
export class ParleyClient {
  readonly #http: Http;
  readonly #streams: StreamSettings;

  constructor({ baseUrl = '', apiKey, fetch: given, ...streams }: ClientOptions = {}) {
    // Bound: browsers refuse a fetch that is called as a method of something else.
    this.#http = new Http({ baseUrl, apiKey, fetch: given ?? fetch.bind(globalThis) });
    this.#streams = { ...streamDefaults, ...streams };
  }

  createConversation(fields: ConversationFields = {}, { signal }: CallOptions = {}): Promise<Conversation> {
    return this.#http.json('POST', '/api/conversations', { body: fields, signal });
  }

  /** Newest activity first. */
  listConversations(
    query: ConversationQuery = {},
    { signal }: CallOptions = {},
  ): Promise<Page<Conversation>> {
    return this.#http.json('GET', '/api/conversations', { query, signal });
  }

  getConversation(id: string, { signal }: CallOptions = {}): Promise<Conversation> {
    return this.#http.json('GET', `/api/conversations/${id}`, { signal });
  }

  updateConversation(
    id: string,
    fields: ConversationFields,
    { signal }: CallOptions = {},
  ): Promise<Conversation> {
    return this.#http.json('PATCH', `/api/conversations/${id}`, { body: fields, signal });
  }

  async deleteConversation(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#http.request('DELETE', `/api/conversations/${id}`, { signal });
  }

  /** The whole conversation as a document. */
  async exportConversation(
    id: string,
    format: 'json' | 'markdown',
    { signal }: CallOptions = {},
  ): Promise<Blob> {
    const path = `/api/conversations/${id}/export`;
    return (await this.#http.request('GET', path, { query: { format }, signal })).blob();
  }

  /** In the order of `seq`. */
  listMessages(
    conversationId: string,
    query: MessageQuery = {},
    { signal }: CallOptions = {},
  ): Promise<Page<Message>> {
    return this.#http.json('GET', `/api/conversations/${conversationId}/messages`, { query, signal });
  }

  /** Sends a message and follows its answer. Nothing is sent before the stream is iterated. */
  send(conversationId: string, message: SendMessage, options: SendOptions = {}): RunStream {
    return this.#begin(`/api/conversations/${conversationId}/messages`, message, options);
  }

  /** Asks for another answer beside this one, and follows it. Nothing is sent before the stream is iterated. */
  regenerate(messageId: string, wishes: Regenerate = {}, options: SendOptions = {}): RunStream {
    return this.#begin(`/api/messages/${messageId}/regenerate`, wishes, options);
  }

  async setFeedback(messageId: string, feedback: Feedback, { signal }: CallOptions = {}): Promise<void> {
    await this.#http.request('PUT', `/api/messages/${messageId}/feedback`, { body: feedback, signal });
  }

  getRun(id: string, { signal }: CallOptions = {}): Promise<Run> {
    return this.#http.json('GET', `/api/runs/${id}`, { signal });
  }

  /** Follows a run that was begun elsewhere or earlier. */
  follow(runId: string, { after, ...options }: FollowOptions = {}): RunStream {
    const begin = (signal: AbortSignal) => this.#events(runId, after?.position ?? '', signal);
    return new RunStream({ begin, resume: this.#events }, this.#streams, { ...options, after });
  }

  /** Stops a run; what there is of its answer stays. */
  cancelRun(id: string, { signal }: CallOptions = {}): Promise<Run> {
    return this.#http.json('POST', `/api/runs/${id}/cancel`, { signal });
  }

  /** Says so of LLM servers that cannot be reached, instead of throwing. */
  llmHealth({ signal }: CallOptions = {}): Promise<LlmHealth> {
    return this.#http.jsonWhateverStatus('GET', '/api/llm/health', { signal });
  }

  #begin(path: string, body: object, { idempotencyKey = newId(), ...options }: SendOptions): RunStream {
    const headers = { accept: 'text/event-stream', 'idempotency-key': idempotencyKey };
    const begin = (signal: AbortSignal) => this.#http.request('POST', path, { body, headers, signal });
    return new RunStream({ begin, resume: this.#events }, this.#streams, options);
  }

  readonly #events = (runId: string, position: string, signal: AbortSignal): Promise<Response> =>
    this.#http.request('GET', `/api/runs/${runId}/events`, {
      headers: {
        accept: 'text/event-stream',
        ...(position === '' ? {} : { 'last-event-id': position }),
      },
      signal,
    });
}
