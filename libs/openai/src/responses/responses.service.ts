import {
  Cancellations,
  Conversations,
  type FollowableRun,
  type Message,
  RunArchive,
  RunEnds,
  RunEvents,
  runProblem,
  type StoredRequest,
  titleOf,
  Transcripts,
  type Turn,
  Turns,
} from '#chat';
import { notFound, validationFailed } from '#problems';
import { Injectable } from '@nestjs/common';
import { resourceId } from '../ids/resource-ids.js';
import { Models } from '../models/models.service.js';
import { type CreateResponseDto } from './response.dto.js';
import { previousNotFound, responseInput, type ResponseInput } from './response-input.js';
import { type ResponseObject, type ResponseRequest } from './response-object.js';
import { requestOf, responseView } from './response.view.js';

/** A response that is being generated, or was. */
export interface FollowedResponse {
  run: FollowableRun;
  request: ResponseRequest;
}

/** Where a turn goes. */
interface Placed {
  conversationId: string | undefined;
  parentId: string | undefined;
}

/** Responses are runs: durable, followed and cancelled on any server, generated whoever waits. */
@Injectable()
export class Responses {
  readonly #turns: Turns;
  readonly #archive: RunArchive;
  readonly #events: RunEvents;
  readonly #ends: RunEnds;
  readonly #cancellations: Cancellations;
  readonly #conversations: Conversations;
  readonly #transcripts: Transcripts;
  readonly #models: Models;

  constructor(
    turns: Turns,
    archive: RunArchive,
    events: RunEvents,
    ends: RunEnds,
    cancellations: Cancellations,
    conversations: Conversations,
    transcripts: Transcripts,
    models: Models,
  ) {
    this.#turns = turns;
    this.#archive = archive;
    this.#events = events;
    this.#ends = ends;
    this.#cancellations = cancellations;
    this.#conversations = conversations;
    this.#transcripts = transcripts;
    this.#models = models;
  }

  /** Takes the turn. @throws Problem, as `Turns.begin` does */
  async begin(owner: string, body: CreateResponseDto): Promise<FollowedResponse> {
    const input = responseInput(body);
    const { question, instructions } = input;
    const { conversationId, parentId } = await this.#place(owner, input);
    const request: StoredRequest = {
      model: this.#models.wanted(body.model),
      metadata: { ...body.metadata, ...(body.user ? { user: body.user } : {}) },
      settings: {
        max_tokens: body.max_output_tokens ?? undefined,
        temperature: body.temperature ?? undefined,
        stream: body.stream === true || body.background === true,
        // Its readers cannot be told that a text starts over.
        restart: body.stream === true ? 'never' : undefined,
      },
      instructions,
      annotations: { response: asked(body, input) },
    };
    const said = { id: undefined, content: question };
    const run = await this.#turns.begin({ owner, conversationId, parentId, said, request, onBusy: 'reject' });
    return { run, request: this.#requestOf(request) };
  }

  /** @throws Problem for a response that failed */
  async end({ run, request }: FollowedResponse): Promise<ResponseObject> {
    const turn = await this.#ends.of(run);
    if (turn.run.status === 'failed' || turn.run.status === 'incomplete') throw runProblem(turn);
    return responseView(turn, request);
  }

  view({ run, request }: FollowedResponse): ResponseObject {
    return responseView(run.turn, request);
  }

  /** @throws Problem 404 for a response that is not this owner's */
  async read(owner: string, id: string): Promise<ResponseObject> {
    const { turn, request } = await this.#stored(owner, id);
    return responseView(turn, request);
  }

  /** @throws Problem 404 for a response that is not this owner's */
  async follow(owner: string, id: string): Promise<FollowedResponse> {
    const request = await this.#archive.requestOf(owner, id);
    const run = request && (await this.#events.find(owner, id));
    if (run === undefined) throw notFound('response', resourceId('resp', id));
    return { run, request: this.#requestOf(request!) };
  }

  /** What there is of its answer stays. @throws Problem 404 for a response that is not this owner's */
  async cancel(owner: string, id: string): Promise<ResponseObject> {
    const { run, request } = await this.follow(owner, id);
    const { isOver } = await this.#cancellations.cancel(owner, id);
    return responseView(isOver ? (await this.#stored(owner, id)).turn : await this.#ends.of(run), request);
  }

  /** Erases the response and its question. @throws Problem 404 for a response that is not this owner's */
  async delete(owner: string, id: string): Promise<void> {
    const { turn, request } = await this.#stored(owner, id);
    await this.#cancellations.cancel(owner, id);
    await this.#transcripts.eraseTurn(owner, turn, request.conversation === null);
  }

  /** The messages that the response answers, newest first. @throws Problem 404 */
  async inputOf(owner: string, id: string): Promise<Message> {
    return (await this.#stored(owner, id)).turn.user;
  }

  async #stored(owner: string, id: string): Promise<{ turn: Turn; request: ResponseRequest }> {
    const stored = await this.#archive.turn(owner, id);
    if (stored === undefined) throw notFound('response', resourceId('resp', id));
    return { turn: stored.turn, request: this.#requestOf(stored.request) };
  }

  /** The answer of a response that another one goes on from. @throws Problem 400 for one that is not this owner's */
  async previous(owner: string, id: string): Promise<Message> {
    const stored = await this.#archive.turn(owner, id);
    if (stored !== undefined) return stored.turn.reply;
    throw previousNotFound(resourceId('resp', id));
  }

  #requestOf(request: StoredRequest): ResponseRequest {
    return requestOf(request, this.#models.usual);
  }

  /** Puts what was said before the question where it belongs, so that later responses know it, too. */
  async #place(owner: string, input: ResponseInput): Promise<Placed> {
    const { before, previousId } = input;
    const previous = previousId === undefined ? undefined : await this.previous(owner, previousId);
    const conversationId = previous?.conversation_id ?? input.conversationId;
    if (before.length === 0) return { conversationId, parentId: previous?.id };
    const place = conversationId ?? (await this.#openFor(owner, before[0]!.content));
    if (previous !== undefined && (await this.#conversations.read(owner, place)).leaf_id !== previous.id) {
      throw validationFailed([
        {
          field: 'input',
          code: 'unsupported_parameter',
          detail: 'must be one message of the user where the previous response has been answered before',
        },
      ]);
    }
    const said = before.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }]));
    await this.#transcripts.append(owner, place, said);
    return { conversationId: place, parentId: undefined };
  }

  async #openFor(owner: string, text: string): Promise<string> {
    return (await this.#conversations.create(owner, { title: titleOf(text), metadata: {} })).id;
  }
}

/** What the response will repeat of what was asked. */
export function asked(body: CreateResponseDto, { conversationId }: ResponseInput): ResponseRequest {
  return {
    model: body.model,
    background: body.background ?? false,
    instructions: body.instructions ?? null,
    previous_response_id: body.previous_response_id ?? null,
    conversation: conversationId === undefined ? null : { id: resourceId('conv', conversationId) },
    max_output_tokens: body.max_output_tokens ?? null,
    temperature: body.temperature ?? null,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}
