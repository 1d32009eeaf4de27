import { type LlmCompletion } from '#llm';
import { type Problem } from '#problems';
import { openAiError } from '../errors/openai-errors.js';
import { type CompletionHead, completionUsage, finishReason } from './completion.view.js';

/**
 * Encodes one answer as the event stream of `POST /v1/chat/completions`: server-sent events without names, whose data is a
 * `chat.completion.chunk`; the last one is `data: [DONE]`.
 */
export class CompletionEvents {
  readonly #head: string;
  readonly #isUsageWanted: boolean;

  /** @param isUsageWanted adds a last chunk with the token counts; the other chunks then have `usage: null` */
  constructor({ id, created, model }: CompletionHead, isUsageWanted: boolean) {
    this.#isUsageWanted = isUsageWanted;
    const head = { id, object: 'chat.completion.chunk', created, model };
    this.#head = JSON.stringify(head).slice(0, -1);
  }

  /** The first chunk: the role, without text. */
  begin(): string {
    return this.#piece('{"role":"assistant","content":"","refusal":null}', 'null');
  }

  /** A chunk of text. */
  delta(text: string): string {
    return this.#piece(`{"content":${JSON.stringify(text)}}`, 'null');
  }

  /** The finish reason, the token counts if wanted, and `[DONE]`. */
  end(completion: LlmCompletion | undefined): string {
    const last = this.#piece('{}', JSON.stringify(finishReason(completion?.finishReason)));
    const usage = this.#isUsageWanted ? completionUsage(completion) : undefined;
    const counted =
      usage === undefined ? '' : `data: ${this.#head},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`;
    return `${last}${counted}data: [DONE]\n\n`;
  }

  /** An error in place of the end: `{"error": OpenAiError}`, which the official clients throw. */
  failed(problem: Problem): string {
    return `data: ${JSON.stringify({ error: openAiError(problem) })}\n\n`;
  }

  #piece(delta: string, reason: string): string {
    const usage = this.#isUsageWanted ? ',"usage":null' : '';
    return `data: ${this.#head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${usage}}\n\n`;
  }
}
