import { randomUUID } from 'node:crypto';
import { errorProblem, runError, Turns } from '#chat';
import { LlmClient, type LlmCompletion, LlmError, type LlmEvent, type LlmRequest } from '#llm';
import { Injectable } from '@nestjs/common';
import { StopSequences } from '../completions/stop-sequences.js';

/** A piece of an answer that is not stored, or the end of the answer. */
export type EphemeralAnswerEvent =
  | { type: 'delta'; text: string }
  /** `completion` is undefined if a stop sequence ended the answer. */
  | { type: 'end'; completion: LlmCompletion | undefined };

/** A request to an LLM, with the owner it is counted for. */
export type OwnedRequest = LlmRequest & { owner: string };

/** What to generate, and when to stop. */
export interface AnswerRequest {
  request: OwnedRequest;
  /** Stop sequences: the answer ends before the first of them. */
  stop: readonly string[];
  /** Aborts when the client disconnects. */
  signal: AbortSignal;
}

/** Generates answers that are not stored and that end when their client disconnects. */
@Injectable()
export class EphemeralAnswers {
  readonly #turns: Turns;
  readonly #llm: LlmClient;

  constructor(turns: Turns, llm: LlmClient) {
    this.#turns = turns;
    this.#llm = llm;
  }

  /**
   * Generates a complete answer. Attempts may restart, as no text was sent yet.
   * @returns the text, and the completion unless a stop sequence ended the answer
   * @throws Problem 429 `owner_limit`, 503 `llm_overloaded` or `shutting_down`, or what the LLM failed with
   */
  async complete({
    request,
    stop,
    signal,
  }: AnswerRequest): Promise<{ text: string; completion: LlmCompletion | undefined }> {
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
   * Generates an answer piece by piece. Text that was yielded is never replaced: an answer that would have to restart
   * fails instead.
   * @throws Problem as {@link complete}; 502 `answer_replaced` if the LLM server replaced its text
   */
  async *stream({ request, stop, signal }: AnswerRequest): AsyncGenerator<EphemeralAnswerEvent, void> {
    const stops = new StopSequences(stop);
    let isShown = false;
    for await (const event of this.#events(request, signal, 'never')) {
      if (event.type === 'restart' && isShown) {
        throw errorProblem({
          code: 'answer_replaced',
          message: 'The LLM server replaced text that was already sent.',
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
      for await (const event of this.#llm.stream(
        { messageId: randomUUID(), ...request },
        { signal, restart },
      ))
        yield event;
    } catch (error) {
      throw error instanceof LlmError ? errorProblem(runError(error)) : error;
    }
  }
}
