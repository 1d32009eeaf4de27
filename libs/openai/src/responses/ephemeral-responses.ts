import { History } from '#chat';
import { type LlmMessage } from '#llm';
import { toProblem } from '#problems';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type AnswerRequest, EphemeralAnswers, type OwnedRequest } from '../completions/ephemeral-answers.js';
import { Models } from '../models/models.service.js';
import { EphemeralRun } from './ephemeral-run.js';
import { type CreateResponseDto } from './response.dto.js';
import { ResponseEvents } from './response-events.js';
import { responseInput } from './response-input.js';
import { type ResponseObject } from './response-object.js';
import { responseView } from './response.view.js';
import { echoedParameters, Responses } from './responses.service.js';

/** Responses with `store: false`: they are not stored, and they end when their client disconnects. */
@Injectable()
export class EphemeralResponses {
  readonly #answers: EphemeralAnswers;
  readonly #models: Models;
  readonly #responses: Responses;
  readonly #history: History;
  readonly #events: ResponseEvents;

  constructor(
    answers: EphemeralAnswers,
    models: Models,
    responses: Responses,
    history: History,
    events: ResponseEvents,
  ) {
    this.#answers = answers;
    this.#models = models;
    this.#responses = responses;
    this.#history = history;
    this.#events = events;
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
    const slot = body.stream === true ? this.#events.admit(owner, reply) : undefined;
    const request = await this.#llmRequest(owner, body);
    const disconnected = new AbortController();
    reply.raw.once('close', () => disconnected.abort());
    const answerRequest: AnswerRequest = { request, stop: [], signal: disconnected.signal };
    const run = new EphemeralRun(owner);
    const parameters = echoedParameters(body, responseInput(body));
    if (slot === undefined) {
      const { text, completion } = await this.#answers.complete(answerRequest);
      run.finish(text, completion!);
      return responseView(run.turn, parameters, false);
    }
    void this.#generate(run, answerRequest);
    return this.#events.open(run, parameters, slot);
  }

  async #generate(run: EphemeralRun, request: AnswerRequest): Promise<void> {
    try {
      for await (const event of this.#answers.stream(request)) {
        if (event.type === 'delta') run.append(event.text);
        else run.finish(run.answer.toString(), event.completion!);
      }
    } catch (error) {
      const { code, detail, title, retryable } = toProblem(error);
      run.fail({ code, message: detail ?? title, retryable });
    }
  }

  async #llmRequest(owner: string, body: CreateResponseDto): Promise<OwnedRequest> {
    const { question, before, instructions, previousId } = responseInput(body);
    const earlier = previousId === undefined ? [] : await this.#historyUpTo(owner, previousId);
    const system: LlmMessage[] =
      instructions === undefined ? [] : [{ role: 'system', content: instructions }];
    return {
      message: question,
      history: [...system, ...earlier, ...before],
      owner,
      model: this.#models.override(body.model),
      maxTokens: body.max_output_tokens ?? undefined,
      temperature: body.temperature ?? undefined,
      stream: body.stream === true,
      metadata: { ...body.metadata, ...(body.user ? { user: body.user } : {}) },
    };
  }

  /** The messages up to the output of a stored response. */
  async #historyUpTo(owner: string, previousId: string): Promise<LlmMessage[]> {
    return this.#history.upTo(owner, (await this.#responses.outputOf(owner, previousId)).id);
  }
}
