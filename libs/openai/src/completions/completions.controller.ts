import { Owner } from '#auth';
import { pieceChars, sliceText } from '#backpressure';
import { RunStreams, type StreamSlot } from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { type Problem, toProblem, unavailable } from '#problems';
import { Body, Controller, HttpCode, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ApiErrors } from '../errors/api-errors.js';
import { chatMessages, givenMessages, questionOf } from '../input/given-messages.js';
import { Models } from '../models/models.service.js';
import { type AnswerEvent, Answers, type AnswerWanted } from './answers.service.js';
import { CompletionEvents } from './completion-events.js';
import { CompletionDto } from './completion.dto.js';
import { ChatCompletion, completionHead, type CompletionHead, completionView } from './completion.view.js';
import { KeptCompletions } from './kept-completions.js';

type KeepAnswer = (text: string, completion: LlmCompletion | undefined) => Promise<void>;

@ApiTags('openai')
@ApiExtraModels(ChatCompletion)
@Controller('v1/chat/completions')
export class CompletionsController {
  readonly #models: Models;
  readonly #answers: Answers;
  readonly #kept: KeptCompletions;
  readonly #streams: RunStreams;

  constructor(models: Models, answers: Answers, kept: KeptCompletions, streams: RunStreams) {
    this.#models = models;
    this.#answers = answers;
    this.#kept = kept;
    this.#streams = streams;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Answer a list of messages, as the OpenAI API does',
    description: 'Nothing is kept, unless `store` is true. An answer ends when its reader goes away.',
  })
  @ApiOkResponse({
    description: 'The answer, or with `stream` its pieces',
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
    const messages = givenMessages(body.messages, chatMessages);
    const slot = body.stream === true ? this.#streams.admit(owner, reply) : undefined;
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const wanted = this.#wanted(owner, body, messages, left.signal);
    const head = completionHead(body.model);
    const keep: KeepAnswer = async (text, completion) => {
      if (body.store === true) await this.#kept.keep(owner, messages, text, completion, body.metadata ?? {});
    };
    if (slot !== undefined) return this.#stream(wanted, head, body, keep, slot, left);
    const { text, completion } = await this.#answers.whole(wanted);
    await keep(text, completion);
    return completionView(head, text, completion);
  }

  #wanted(owner: string, body: CompletionDto, messages: LlmMessage[], signal: AbortSignal): AnswerWanted {
    const { question, before } = questionOf(messages, chatMessages.field);
    const { stop, max_completion_tokens, max_tokens, temperature, user, metadata } = body;
    const stops = [stop ?? []].flat();
    return {
      request: {
        message: question,
        history: before,
        owner,
        model: this.#models.wanted(body.model),
        maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
        temperature: temperature ?? undefined,
        stream: body.stream === true || stops.length > 0,
        metadata: { ...metadata, ...(user ? { user } : {}) },
      },
      stop: stops,
      signal,
    };
  }

  /** What fails before its first piece is answered with a status; what fails later, with an event. */
  async #stream(
    wanted: AnswerWanted,
    head: CompletionHead,
    body: CompletionDto,
    keep: KeepAnswer,
    slot: StreamSlot,
    left: AbortController,
  ): Promise<StreamableFile> {
    const pieces = this.#answers.pieces(wanted);
    const first = await pieces.next();
    const events = new CompletionEvents(head, body.stream_options?.include_usage === true);
    const tell = (reading: AbortSignal): AsyncIterable<string> => {
      reading.addEventListener('abort', () => left.abort());
      return told(first, pieces, events, body.store === true ? keep : undefined, reading);
    };
    return this.#streams.openEvents(tell, slot);
  }
}

async function* told(
  first: IteratorResult<AnswerEvent, void>,
  pieces: AsyncGenerator<AnswerEvent, void>,
  events: CompletionEvents,
  keep: KeepAnswer | undefined,
  reading: AbortSignal,
): AsyncGenerator<string, void> {
  yield events.begin();
  let text = '';
  try {
    for (let next = first; next.done !== true; next = await pieces.next()) {
      const event = next.value;
      if (event.type === 'end') {
        await keep?.(text, event.completion);
        yield events.end(event.completion);
        return;
      }
      if (keep !== undefined) text += event.text;
      for (let from = 0; from < event.text.length;) {
        const slice = sliceText(event.text, from, pieceChars);
        from += slice.length;
        yield events.delta(slice);
      }
    }
  } catch (error) {
    // Whoever reads either has gone, or has to be told that this server goes.
    yield events.failed(reading.aborted ? serverStops() : toProblem(error));
  } finally {
    await pieces.return();
  }
}

function serverStops(): Problem {
  return unavailable('server_restart', 'This server stops before the answer is complete.');
}
