import { type EarlierTurns, errorProblem, EventStreams, History, runError, RunSubscription } from '#chat';
import { LlmError } from '#llm';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type AnswerRequest, EphemeralAnswers, type OwnedRequest } from '../ephemeral/ephemeral-answers.js';
import { EphemeralRun } from '../ephemeral/ephemeral-run.js';
import { ItemReferences } from '../input/item-references.js';
import { sentMessages } from '../input/question.js';
import { Models } from '../models/models.service.js';
import { type CreateResponseDto } from './response.dto.js';
import { ResponseCursor } from './response-cursor.js';
import { type ResponseInput, responseInput } from './response-input.js';
import { type ResponseObject } from './response-object.js';
import { responseSampling } from './response-sampling.js';
import { responseView } from './response.view.js';
import { echoedParameters, Responses } from './responses.service.js';

/** Responses with `store: false`: they are not stored, and they end when their client disconnects. */
@Injectable()
export class EphemeralResponses {
  readonly #answers: EphemeralAnswers;
  readonly #models: Models;
  readonly #responses: Responses;
  readonly #history: History;
  readonly #streams: EventStreams;
  readonly #references: ItemReferences;

  constructor(
    answers: EphemeralAnswers,
    models: Models,
    responses: Responses,
    history: History,
    streams: EventStreams,
    references: ItemReferences,
  ) {
    this.#answers = answers;
    this.#models = models;
    this.#responses = responses;
    this.#history = history;
    this.#streams = streams;
    this.#references = references;
  }

  /**
   * Generates a response: as an event stream if `stream` is true, else as an object.
   * @throws Problem if the response fails before anything is sent
   */
  async create(
    owner: string,
    body: CreateResponseDto,
    reply: FastifyReply,
  ): Promise<ResponseObject | StreamableFile> {
    const slot = body.stream === true ? this.#streams.admit(owner, reply) : undefined;
    const input = responseInput(body, await this.#references.resolve(owner, body.input, 'input'));
    const request = await this.#llmRequest(owner, body, input);
    const disconnected = new AbortController();
    reply.raw.once('close', () => disconnected.abort());
    const answerRequest: AnswerRequest = { request, stop: [], signal: disconnected.signal };
    const run = new EphemeralRun(owner);
    const parameters = echoedParameters(body, input);
    if (slot === undefined) {
      const { text, completion } = await this.#answers.complete(answerRequest);
      run.finish(text, completion);
      return responseView(run.turn, parameters, false);
    }
    void run.generate(this.#answers.stream(answerRequest));
    return this.#streams.open(new RunSubscription(run, new ResponseCursor(parameters)), slot);
  }

  async #llmRequest(
    owner: string,
    body: CreateResponseDto,
    { question, previousId, truncation }: ResponseInput,
  ): Promise<OwnedRequest> {
    const { instructions } = body;
    const { messages, unanswered } =
      previousId === undefined
        ? { messages: [], unanswered: '' }
        : await this.#earlierTurns(owner, previousId, truncation);
    const sent = sentMessages({
      ...question,
      before: [
        ...(instructions ? [{ role: 'system', content: instructions } as const] : []),
        ...messages,
        ...(unanswered === '' ? [] : [{ role: 'user', content: unanswered } as const]),
        ...question.before,
      ],
    });
    return {
      ...sent,
      owner,
      model: this.#models.override(body.model),
      maxTokens: body.max_output_tokens ?? undefined,
      temperature: body.temperature ?? undefined,
      sampling: responseSampling(body),
      stream: body.stream === true,
      metadata: { ...body.metadata, ...(body.user ? { user: body.user } : {}) },
    };
  }

  /** The turns up to the output of a stored response. */
  async #earlierTurns(
    owner: string,
    previousId: string,
    truncation: ResponseInput['truncation'],
  ): Promise<EarlierTurns> {
    const { id } = await this.#responses.outputOf(owner, previousId);
    if (truncation === 'auto') return this.#history.upTo(owner, id);
    try {
      return await this.#history.wholeUpTo(owner, id);
    } catch (error) {
      throw error instanceof LlmError ? errorProblem(runError(error)) : error;
    }
  }
}
