import {
  Cancellations,
  ClientRetries,
  Conversations,
  type FollowableRun,
  type Message,
  RunArchive,
  RunCompletion,
  RunLocator,
  requestHash,
  runProblem,
  type GenerationRequest,
  titleOf,
  NewestBranch,
  type Turn,
  Turns,
} from '#chat';
import { notFound, validationFailed } from '#problems';
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { resourceId } from '../ids/resource-ids.js';
import { ItemReferences } from '../input/item-references.js';
import { Models } from '../models/models.service.js';
import { type CreateResponseDto } from './response.dto.js';
import { previousNotFound, responseInput, type ResponseInput } from './response-input.js';
import { type ResponseObject, type ResponseParameters } from './response-object.js';
import { responseSampling } from './response-sampling.js';
import { echoedText, parametersOf, responseView } from './response.view.js';
import { systemMessagesOf } from './system-messages.js';

/** A response, complete or in progress. */
export interface FollowedResponse {
  run: FollowableRun;
  parameters: ResponseParameters;
}

/** Where to add a turn; undefined: to a new conversation, or after its last message. */
interface TurnTarget {
  conversationId: string | undefined;
  parentId: string | undefined;
}

/** Responses that are stored. Each is a run: any server can follow and cancel it, and it continues without its client. */
@Injectable()
export class Responses {
  readonly #turns: Turns;
  readonly #archive: RunArchive;
  readonly #runs: RunLocator;
  readonly #completion: RunCompletion;
  readonly #cancellations: Cancellations;
  readonly #conversations: Conversations;
  readonly #branch: NewestBranch;
  readonly #models: Models;
  readonly #references: ItemReferences;
  readonly #retries: ClientRetries;

  constructor(
    turns: Turns,
    archive: RunArchive,
    runs: RunLocator,
    completion: RunCompletion,
    cancellations: Cancellations,
    conversations: Conversations,
    branch: NewestBranch,
    models: Models,
    references: ItemReferences,
    retries: ClientRetries,
  ) {
    this.#turns = turns;
    this.#archive = archive;
    this.#runs = runs;
    this.#completion = completion;
    this.#cancellations = cancellations;
    this.#conversations = conversations;
    this.#branch = branch;
    this.#models = models;
    this.#references = references;
    this.#retries = retries;
  }

  /**
   * Stores the turn and starts its run, or finds the run if the request was sent before.
   * @param reply of the request, whose headers say whether it was
   * @throws Problem as `Turns.begin`
   */
  async begin(owner: string, body: CreateResponseDto, reply: FastifyReply): Promise<FollowedResponse> {
    const input = responseInput(body, await this.#references.resolve(owner, body.input, 'input'));
    const { question, truncation } = input;
    const systemMessages = systemMessagesOf(question);
    const generation: GenerationRequest = {
      model: this.#models.override(body.model),
      metadata: { ...body.metadata, ...(body.user ? { user: body.user } : {}) },
      settings: {
        max_tokens: body.max_output_tokens ?? undefined,
        temperature: body.temperature ?? undefined,
        sampling: responseSampling(body),
        truncation,
        stream: body.stream === true || body.background === true,
        // The Responses API has no event for an answer that restarts.
        restart: body.stream === true ? 'never' : undefined,
      },
      instructions: body.instructions || undefined,
      system_messages: systemMessages.length === 0 ? undefined : systemMessages,
      annotations: { response: echoedParameters(body, input) },
    };
    const idempotency = await this.#retries.keyOf(owner, reply, hashOf(body));
    const parameters = this.#parametersOf(generation);
    // The messages before the question are stored before the turn, which then finds the earlier run by itself.
    const earlier = question.before.length > 0 && (await this.#turns.findEarlier({ owner, idempotency }));
    if (earlier) return { run: earlier, parameters };
    const { conversationId, parentId } = await this.#prepareTarget(owner, input);
    const userMessage = { id: undefined, content: question.text };
    const run = await this.#turns.begin({
      owner,
      conversationId,
      parentId,
      userMessage,
      generation,
      onBusy: 'reject',
      idempotency,
    });
    return { run, parameters };
  }

  /** Waits for the end of a response. @throws Problem if it failed */
  async waitForEnd({ run, parameters }: FollowedResponse): Promise<ResponseObject> {
    const turn = await this.#completion.wait(run);
    if (turn.run.status === 'failed' || turn.run.status === 'incomplete') throw runProblem(turn);
    return responseView(turn, parameters);
  }

  /** The current state of a response. */
  view({ run, parameters }: FollowedResponse): ResponseObject {
    return responseView(run.turn, parameters);
  }

  /** Reads a response. @throws Problem 404 if the owner has no such response */
  async read(owner: string, id: string): Promise<ResponseObject> {
    const { turn, parameters } = await this.#stored(owner, id);
    return responseView(turn, parameters);
  }

  /** Finds the run of a response on any server. @throws Problem 404 if the owner has no such response */
  async follow(owner: string, id: string): Promise<FollowedResponse> {
    const request = await this.#archive.generationOf(owner, id);
    const run = request && (await this.#runs.find(owner, id));
    if (run === undefined) throw notFound('response', resourceId('resp', id));
    return { run, parameters: this.#parametersOf(request!) };
  }

  /** Cancels a response; the partial answer is kept. @throws Problem 404 if the owner has no such response */
  async cancel(owner: string, id: string): Promise<ResponseObject> {
    const { run, parameters } = await this.follow(owner, id);
    const { isFinished } = await this.#cancellations.cancel(owner, id);
    return responseView(
      isFinished ? (await this.#stored(owner, id)).turn : await this.#completion.wait(run),
      parameters,
    );
  }

  /** Deletes a response and its input. @throws Problem 404 if the owner has no such response */
  async delete(owner: string, id: string): Promise<void> {
    const { turn, parameters } = await this.#stored(owner, id);
    await this.#cancellations.cancel(owner, id);
    await this.#branch.eraseTurn(owner, turn, parameters.conversation === null);
  }

  /** The message that a response answers. @throws Problem 404 if the owner has no such response */
  async inputOf(owner: string, id: string): Promise<Message> {
    return (await this.#stored(owner, id)).turn.user;
  }

  async #stored(owner: string, id: string): Promise<{ turn: Turn; parameters: ResponseParameters }> {
    const stored = await this.#archive.turn(owner, id);
    if (stored === undefined) throw notFound('response', resourceId('resp', id));
    return { turn: stored.turn, parameters: this.#parametersOf(stored.generation) };
  }

  /** The output of a response that another one continues. @throws Problem 400 if the owner has no such response */
  async outputOf(owner: string, id: string): Promise<Message> {
    const stored = await this.#archive.turn(owner, id);
    if (stored !== undefined) return stored.turn.reply;
    throw previousNotFound(resourceId('resp', id));
  }

  #parametersOf(request: GenerationRequest): ResponseParameters {
    return parametersOf(request, this.#models.defaultModel);
  }

  /** Stores the messages before the question, so that later responses include them. @returns where the turn belongs */
  async #prepareTarget(owner: string, input: ResponseInput): Promise<TurnTarget> {
    const { question, previousId } = input;
    const before = question.before.flatMap(({ role, content }) =>
      role === 'system' ? [] : [{ role, content }],
    );
    const previous = previousId === undefined ? undefined : await this.outputOf(owner, previousId);
    const conversationId = previous?.conversation_id ?? input.conversationId;
    if (before.length === 0) return { conversationId, parentId: previous?.id };
    const targetId = conversationId ?? (await this.#createConversation(owner, before[0]!.content));
    if (previous !== undefined && (await this.#conversations.read(owner, targetId)).leaf_id !== previous.id) {
      throw validationFailed([
        {
          field: 'input',
          code: 'unsupported_parameter',
          detail:
            'must be a single message of the user if another message already follows the previous response',
        },
      ]);
    }
    await this.#branch.append(owner, targetId, before);
    return { conversationId: targetId, parentId: undefined };
  }

  async #createConversation(owner: string, text: string): Promise<string> {
    return (await this.#conversations.create(owner, { title: titleOf(text), metadata: {} })).id;
  }
}

/** The hash of what is equal in a repeated request. Its response may have another form. */
function hashOf(body: CreateResponseDto): string {
  return requestHash({ operation: 'response', body: { ...body, stream: undefined, background: undefined } });
}

/** The parameters of the request that the response repeats. */
export function echoedParameters(
  body: CreateResponseDto,
  { conversationId, truncation }: ResponseInput,
): ResponseParameters {
  return {
    model: body.model,
    background: body.background ?? false,
    instructions: body.instructions ?? null,
    previous_response_id: body.previous_response_id ?? null,
    conversation: conversationId === undefined ? null : { id: resourceId('conv', conversationId) },
    max_output_tokens: body.max_output_tokens ?? null,
    temperature: body.temperature ?? null,
    top_p: body.top_p ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    text: echoedText(body.text?.verbosity),
    truncation,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}
