import { type LlmCompletion } from '#llm';
import { type Problem } from '#problems';
import { openAiError } from '../errors/openai-errors.js';
import { type CompletionHead, completionUsage, finishReason } from './completion.view.js';

/** The pieces of one answer as `POST /v1/chat/completions` streams them: server-sent events without names. */
export class CompletionEvents {
  readonly #head: string;
  readonly #isUsageWanted: boolean;

  /** @param isUsageWanted a last piece tells the tokens, and the others say that they do not */
  constructor({ id, created, model }: CompletionHead, isUsageWanted: boolean) {
    this.#isUsageWanted = isUsageWanted;
    const head = { id, object: 'chat.completion.chunk', created, model };
    this.#head = JSON.stringify(head).slice(0, -1);
  }

  begin(): string {
    return this.#piece('{"role":"assistant","content":"","refusal":null}', 'null');
  }

  delta(text: string): string {
    return this.#piece(`{"content":${JSON.stringify(text)}}`, 'null');
  }

  end(completion: LlmCompletion | undefined): string {
    const last = this.#piece('{}', JSON.stringify(finishReason(completion?.finishReason)));
    const usage = this.#isUsageWanted ? completionUsage(completion) : undefined;
    const counted =
      usage === undefined ? '' : `data: ${this.#head},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`;
    return `${last}${counted}data: [DONE]\n\n`;
  }

  /** Instead of an end: the clients throw it. */
  failed(problem: Problem): string {
    return `data: ${JSON.stringify({ error: openAiError(problem) })}\n\n`;
  }

  #piece(delta: string, reason: string): string {
    const usage = this.#isUsageWanted ? ',"usage":null' : '';
    return `data: ${this.#head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${usage}}\n\n`;
  }
}
