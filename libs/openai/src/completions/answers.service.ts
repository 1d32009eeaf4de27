import { errorProblem, runError, Turns } from '#chat';
import { LlmClient, type LlmCompletion, LlmError, type LlmEvent, type LlmRequest } from '#llm';
import { Injectable } from '@nestjs/common';
import { StopSequences } from './stop-sequences.js';

/** A piece of an answer that nobody stores, or its end. */
export type AnswerEvent =
  | { type: 'delta'; text: string }
  /** Without a completion where a stop sequence ended the answer. */
  | { type: 'end'; completion: LlmCompletion | undefined };

/** A request that names its owner. */
export type OwnedRequest = LlmRequest & { owner: string };

/** What an answer is made of. */
export interface AnswerWanted {
  request: OwnedRequest;
  stop: readonly string[];
  /** Whoever asked has gone. */
  signal: AbortSignal;
}

/** Answers that leave nothing behind: whoever asks keeps what was said. They end when their reader goes away. */
@Injectable()
export class Answers {
  readonly #turns: Turns;
  readonly #llm: LlmClient;

  constructor(turns: Turns, llm: LlmClient) {
    this.#turns = turns;
    this.#llm = llm;
  }

  /** @throws Problem, LlmQueueFullError */
  async whole({
    request,
    stop,
    signal,
  }: AnswerWanted): Promise<{ text: string; completion: LlmCompletion | undefined }> {
    let text = '';
    let stops = new StopSequences(stop);
    for await (const event of this.#events(request, signal, 'allowed')) {
      if (event.type === 'restart') {
        text = '';
        stops = new StopSequences(stop);
      } else if (event.type === 'delta') {
        text += stops.push(event.text);
        if (stops.isStopped) return { text, completion: undefined };
      } else if (event.type === 'end') {
        return { text: text + stops.flush(), completion: event.completion };
      }
    }
    throw errorProblem({ code: 'internal_error', message: 'The answer has no end.', retryable: true });
  }

  /**
   * Piece by piece. What was given stays given: an answer that would have to start over fails instead.
   * @throws Problem, LlmQueueFullError
   */
  async *pieces({ request, stop, signal }: AnswerWanted): AsyncGenerator<AnswerEvent, void> {
    const stops = new StopSequences(stop);
    let isShown = false;
    for await (const event of this.#events(request, signal, 'never')) {
      if (event.type === 'restart' && isShown) {
        throw errorProblem({
          code: 'answer_replaced',
          message: 'The LLM server took back what it had said.',
          retryable: true,
        });
      } else if (event.type === 'delta') {
        const text = stops.push(event.text);
        isShown ||= text !== '';
        if (text !== '') yield { type: 'delta', text };
        if (stops.isStopped) {
          yield { type: 'end', completion: undefined };
          return;
        }
      } else if (event.type === 'end') {
        const text = stops.flush();
        if (text !== '') yield { type: 'delta', text };
        yield { type: 'end', completion: event.completion };
        return;
      }
    }
  }

  async *#events(
    request: OwnedRequest,
    signal: AbortSignal,
    restart: 'allowed' | 'never',
  ): AsyncGenerator<LlmEvent, void> {
    this.#turns.admit(request.owner);
    try {
      for await (const event of this.#llm.stream(request, { signal, restart })) yield event;
    } catch (error) {
      throw error instanceof LlmError ? errorProblem(runError(error)) : error;
    }
  }
}
