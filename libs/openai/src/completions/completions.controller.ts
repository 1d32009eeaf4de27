import { Owner } from '#auth';
import {
  ApiIdempotencyKey,
  EventStreams,
  IdempotencyKey,
  requestHash,
  RunSubscription,
  type StreamSlot,
} from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { Body, Controller, HttpCode, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
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

/** How long a stream waits for the first piece or a failure before it is opened, in ms; at most one heartbeat. */
const openAfterMs = 500;

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
  @ApiIdempotencyKey()
  @ApiErrors(404, 413, 502)
  async complete(
    @Owner() owner: string,
    @Body() body: CompletionDto,
    // Completions that are not stored are generated again.
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatCompletion | StreamableFile> {
    const messages = parseMessages(body.messages, 'messages');
    const idempotency = key !== undefined && body.store === true ? { key, hash: hashOf(body) } : undefined;
    const slot = body.stream === true ? this.#streams.admit(owner, reply) : undefined;
    const disconnected = new AbortController();
    reply.raw.once('close', () => disconnected.abort());
    const request = this.#answerRequest(owner, body, messages, disconnected.signal);
    const head = completionHead(body.model);
    const store: StoreAnswer = async (text, completion) => {
      if (body.store === true) {
        await this.#stored.add(owner, messages, text, completion, body.metadata ?? {}, idempotency);
      }
    };
    const earlier = idempotency && (await this.#stored.find(owner, idempotency));
    if (slot !== undefined) {
      const events = new CompletionEvents(head, body.stream_options?.include_usage === true);
      if (earlier !== undefined) return this.#replay(owner, earlier, events, slot);
      return this.#stream(owner, request, events, store, slot);
    }
    if (earlier !== undefined) return completionView(head, earlier, undefined);
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

  #replay(owner: string, text: string, events: CompletionEvents, slot: StreamSlot): StreamableFile {
    const run = new EphemeralRun(owner);
    run.answer.append(text);
    run.finish(text, undefined);
    return this.#streams.open(new RunSubscription(run, new CompletionCursor(events)), slot);
  }

  /**
   * A failure is answered with an HTTP status if it happens before the first piece, and soon. Otherwise the stream is open,
   * so that proxies and clients see headers and heartbeats, and the failure is an event.
   */
  async #stream(
    owner: string,
    request: AnswerRequest,
    events: CompletionEvents,
    store: StoreAnswer,
    slot: StreamSlot,
  ): Promise<StreamableFile> {
    const pieces = this.#answers.stream(request);
    const first = pieces.next();
    await firstOf(first, Math.min(openAfterMs, this.#streams.heartbeatMs));
    const run = new EphemeralRun(owner);
    void run.generate(pieces, first, store);
    return this.#streams.open(new RunSubscription(run, new CompletionCursor(events)), slot);
  }
}

/** Resolves with the promise, or after a time. @throws what the promise rejects with before that */
async function firstOf(promise: Promise<unknown>, ms: number): Promise<void> {
  const settled = new AbortController();
  const timeout = delay(ms, undefined, { signal: settled.signal }).catch(() => undefined);
  try {
    await Promise.race([promise, timeout]);
  } finally {
    settled.abort();
  }
}

/** The hash of what is equal in a repeated request. Its response may have another form. */
function hashOf(body: CompletionDto): string {
  const repeated = { ...body, stream: undefined, stream_options: undefined };
  return requestHash({ operation: 'completion', body: repeated });
}
