import { Http, type HttpOptions } from './http/http.js';
import { newId } from './ids.js';
import { type Conversation, type ImportedConversation } from './objects/conversation.js';
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
  type ResumePoint,
  streamDefaults,
  type StreamOptions,
  type StreamSettings,
} from './stream/stream-options.js';

/** Options of a client; all may be left out. The defaults of streams are in {@link streamDefaults}. */
export interface ClientOptions extends Partial<HttpOptions>, Partial<StreamSettings> {}

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call. */
  signal?: AbortSignal | undefined;
}

/** Options of a call that starts a run. */
export interface SendOptions extends StreamOptions {
  /** A repeated call with the same key and body follows the run of the first one. Generated if left out. */
  idempotencyKey?: string | undefined;
}

/** Options of a call that follows a run. */
export interface FollowOptions extends StreamOptions {
  /** Continues after what an earlier stream of the run has read; from the beginning if left out. */
  after?: ResumePoint | undefined;
}

/**
 * A client for one Parley server. Every call throws ProblemError if the server responds with an error, ConnectionError if
 * the connection fails or the response is not Parley's, and the reason of its signal if that is aborted.
 */
export class ParleyClient {
  readonly #http: Http;
  readonly #streams: StreamSettings;

  constructor({ baseUrl = '', apiKey, fetch: given, ...streams }: ClientOptions = {}) {
    // Browsers throw if `fetch` is called as a method of another object.
    this.#http = new Http({ baseUrl, apiKey, fetch: given ?? fetch.bind(globalThis) });
    this.#streams = { ...streamDefaults, ...streams };
  }

  /** Creates an empty conversation. */
  createConversation(fields: ConversationFields = {}, { signal }: CallOptions = {}): Promise<Conversation> {
    return this.#http.json('POST', '/api/conversations', { body: fields, signal });
  }

  /** Lists conversations, newest activity first. */
  listConversations(
    query: ConversationQuery = {},
    { signal }: CallOptions = {},
  ): Promise<Page<Conversation>> {
    return this.#http.json('GET', '/api/conversations', { query, signal });
  }

  /** Reads a conversation without its messages. */
  getConversation(id: string, { signal }: CallOptions = {}): Promise<Conversation> {
    return this.#http.json('GET', `/api/conversations/${id}`, { signal });
  }

  /** Changes the given fields of a conversation. */
  updateConversation(
    id: string,
    fields: ConversationFields,
    { signal }: CallOptions = {},
  ): Promise<Conversation> {
    return this.#http.json('PATCH', `/api/conversations/${id}`, { body: fields, signal });
  }

  /** Deletes a conversation with its messages. */
  async deleteConversation(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#http.request('DELETE', `/api/conversations/${id}`, { signal });
  }

  /** Exports a conversation with all messages. */
  async exportConversation(
    id: string,
    format: 'json' | 'markdown',
    { signal }: CallOptions = {},
  ): Promise<Blob> {
    const path = `/api/conversations/${id}/export`;
    return (await this.#http.request('GET', path, { query: { format }, signal })).blob();
  }

  /**
   * Imports the conversations of a file: an export of Parley, ChatGPT, Open WebUI or LibreChat. All of them are stored, or none.
   * @throws ProblemError 400 for a file of another format, 413 above 64 MiB
   */
  importConversations(file: Blob, { signal }: CallOptions = {}): Promise<ImportedConversation> {
    return this.#http.json('POST', '/api/import', { file, signal });
  }

  /** Lists the messages of a conversation in the order of `seq`. */
  listMessages(
    conversationId: string,
    query: MessageQuery = {},
    { signal }: CallOptions = {},
  ): Promise<Page<Message>> {
    return this.#http.json('GET', `/api/conversations/${conversationId}/messages`, { query, signal });
  }

  /** Sends a message and follows its answer. The request is sent when the stream is iterated. */
  send(conversationId: string, message: SendMessage, options: SendOptions = {}): RunStream {
    return this.#begin(`/api/conversations/${conversationId}/messages`, message, options);
  }

  /** Generates another answer to the same message, and follows it. The request is sent when the stream is iterated. */
  regenerate(messageId: string, fields: Regenerate = {}, options: SendOptions = {}): RunStream {
    return this.#begin(`/api/messages/${messageId}/regenerate`, fields, options);
  }

  /** Stores the rating of an answer, in place of an earlier one. */
  async setFeedback(messageId: string, feedback: Feedback, { signal }: CallOptions = {}): Promise<void> {
    await this.#http.request('PUT', `/api/messages/${messageId}/feedback`, { body: feedback, signal });
  }

  /** Reads a run with its attempts. */
  getRun(id: string, { signal }: CallOptions = {}): Promise<Run> {
    return this.#http.json('GET', `/api/runs/${id}`, { signal });
  }

  /** Follows a run that another call has started. */
  follow(runId: string, { after, ...options }: FollowOptions = {}): RunStream {
    const begin = (signal: AbortSignal) => this.#events(runId, after?.position ?? '', signal);
    return new RunStream({ begin, resume: this.#events }, this.#streams, { ...options, after });
  }

  /** Cancels a run. The partial answer is kept. */
  cancelRun(id: string, { signal }: CallOptions = {}): Promise<Run> {
    return this.#http.json('POST', `/api/runs/${id}/cancel`, { signal });
  }

  /** Reads the status of the LLM servers. Does not throw if they are unavailable (status 503). */
  llmHealth({ signal }: CallOptions = {}): Promise<LlmHealth> {
    return this.#http.jsonOfAnyStatus('GET', '/api/llm/health', { signal });
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
