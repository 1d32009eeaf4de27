import { Owner } from '#auth';
import { EventStreams, RunSubscription, type StreamSlot } from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { Body, Controller, HttpCode, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ApiErrors } from '../errors/api-errors.js';
import { parseMessages } from '../input/parse-messages.js';
import { questionOf, sentMessages } from '../input/question.js';
import { samplingOf } from '../input/sampling.dto.js';
import { Models } from '../models/models.service.js';
import { type AnswerRequest, EphemeralAnswers } from '../ephemeral/ephemeral-answers.js';
import { EphemeralRun } from '../ephemeral/ephemeral-run.js';
import { CompletionCursor } from './completion-cursor.js';
import { CompletionEvents } from './completion-events.js';
import { CompletionDto } from './completion.dto.js';
import { ChatCompletion, completionHead, completionView } from './completion.view.js';
import { StoredCompletions } from './stored-completions.js';

/** Stores messages and answer if the request asks for it. */
type StoreAnswer = (text: string, completion: LlmCompletion | undefined) => Promise<void>;

/** `POST /v1/chat/completions`. */
@ApiTags('openai')
@ApiExtraModels(ChatCompletion)
@Controller('v1/chat/completions')
export class CompletionsController {
  readonly #models: Models;
  readonly #answers: EphemeralAnswers;
  readonly #stored: StoredCompletions;
  readonly #streams: EventStreams;

  constructor(models: Models, answers: EphemeralAnswers, stored: StoredCompletions, streams: EventStreams) {
    this.#models = models;
    this.#answers = answers;
    this.#stored = stored;
    this.#streams = streams;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Answer a list of messages, as the OpenAI API does',
    description: 'Nothing is stored unless `store` is true. The answer ends when the client disconnects.',
  })
  @ApiOkResponse({
    description: 'The answer, or with `stream` its chunks as server-sent events',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ChatCompletion) } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  })
  @ApiErrors(413, 422, 502)
  async complete(
    @Owner() owner: string,
    @Body() body: CompletionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatCompletion | StreamableFile> {
    const messages = parseMessages(body.messages, 'messages');
    const slot = body.stream === true ? this.#streams.admit(owner, reply) : undefined;
    const disconnected = new AbortController();
    reply.raw.once('close', () => disconnected.abort());
    const request = this.#answerRequest(owner, body, messages, disconnected.signal);
    const head = completionHead(body.model);
    const store: StoreAnswer = async (text, completion) => {
      if (body.store === true) await this.#stored.add(owner, messages, text, completion, body.metadata ?? {});
    };
    if (slot !== undefined) {
      const events = new CompletionEvents(head, body.stream_options?.include_usage === true);
      return this.#stream(owner, request, events, store, slot);
    }
    const { text, completion } = await this.#answers.complete(request);
    await store(text, completion);
    return completionView(head, text, completion);
  }

  #answerRequest(
    owner: string,
    body: CompletionDto,
    messages: LlmMessage[],
    signal: AbortSignal,
  ): AnswerRequest {
    const { stop, max_completion_tokens, max_tokens, temperature, user, metadata } = body;
    const stops = [stop ?? []].flat().filter((one) => one !== '');
    return {
      request: {
        ...sentMessages(questionOf(messages, 'messages')),
        owner,
        model: this.#models.override(body.model),
        maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
        temperature: temperature ?? undefined,
        sampling: samplingOf({
          ...body,
          stop: stops,
          reasoning_effort: body.reasoning_effort ?? body.reasoning?.effort ?? null,
        }),
        stream: body.stream === true || stops.length > 0,
        metadata: { ...metadata, ...(user ? { user } : {}) },
      },
      stop: stops,
      signal,
    };
  }

  /** A failure before the first piece is answered with an HTTP status, a later one with an event. */
  async #stream(
    owner: string,
    request: AnswerRequest,
    events: CompletionEvents,
    store: StoreAnswer,
    slot: StreamSlot,
  ): Promise<StreamableFile> {
    const pieces = this.#answers.stream(request);
    const first = await pieces.next();
    const run = new EphemeralRun(owner);
    void run.generate(pieces, first, store);
    return this.#streams.open(new RunSubscription(run, new CompletionCursor(events)), slot);
  }
}
