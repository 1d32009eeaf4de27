import { History } from '#chat';
import { type LlmMessage } from '#llm';
import { toProblem } from '#problems';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { Answers, type OwnedRequest } from '../completions/answers.service.js';
import { Models } from '../models/models.service.js';
import { PassingRun } from './passing-run.js';
import { type CreateResponseDto } from './response.dto.js';
import { ResponseEvents } from './response-events.js';
import { responseInput } from './response-input.js';
import { type ResponseObject, type ResponseRequest } from './response-object.js';
import { responseView } from './response.view.js';
import { asked, Responses } from './responses.service.js';

/** Responses with `store: false`: nothing of them is kept, and they end when their reader goes away. */
@Injectable()
export class PassingResponses {
  readonly #answers: Answers;
  readonly #models: Models;
  readonly #responses: Responses;
  readonly #history: History;
  readonly #events: ResponseEvents;

  constructor(
    answers: Answers,
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

  /** @throws Problem for a response that is waited for and fails */
  async answer(
    owner: string,
    body: CreateResponseDto,
    reply: FastifyReply,
  ): Promise<ResponseObject | StreamableFile> {
    const slot = body.stream === true ? this.#events.admit(owner, reply) : undefined;
    const request = await this.#llmRequest(owner, body);
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const wanted = { request, stop: [], signal: left.signal };
    const run = new PassingRun(owner);
    const repeated: ResponseRequest = asked(body, responseInput(body));
    if (slot === undefined) {
      const { text, completion } = await this.#answers.whole(wanted);
      run.finish(text, completion!);
      return responseView(run.turn, repeated, false);
    }
    void this.#generate(run, wanted);
    return this.#events.open(run, repeated, slot);
  }

  async #generate(run: PassingRun, wanted: Parameters<Answers['pieces']>[0]): Promise<void> {
    try {
      for await (const event of this.#answers.pieces(wanted)) {
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
    const earlier = previousId === undefined ? [] : await this.#upTo(owner, previousId);
    const system: LlmMessage[] =
      instructions === undefined ? [] : [{ role: 'system', content: instructions }];
    return {
      message: question,
      history: [...system, ...earlier, ...before],
      owner,
      model: this.#models.wanted(body.model),
      maxTokens: body.max_output_tokens ?? undefined,
      temperature: body.temperature ?? undefined,
      stream: body.stream === true,
      metadata: { ...body.metadata, ...(body.user ? { user: body.user } : {}) },
    };
  }

  async #upTo(owner: string, previousId: string): Promise<LlmMessage[]> {
    return this.#history.upTo(owner, (await this.#responses.previous(owner, previousId)).id);
  }
}
