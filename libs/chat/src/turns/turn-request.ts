import { type AnswerForm } from '../streams/answer-form.js';
import { type GenerationSettings } from './turn.dto.js';
import { type TurnRequest } from './turn.js';

/** The members that every send body has. */
interface SendBody {
  model?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  settings?: GenerationSettings | undefined;
}

/** A turn out of a request. Unless the caller says otherwise, the LLM streams to whoever does not just wait. */
export function turnRequest(
  owner: string,
  conversationId: string | undefined,
  content: string,
  body: SendBody,
  form: AnswerForm,
): TurnRequest {
  return {
    owner,
    conversationId,
    content,
    model: body.model,
    metadata: body.metadata ?? {},
    settings: {
      maxTokens: body.settings?.max_tokens,
      temperature: body.settings?.temperature,
      stream: body.settings?.stream ?? form !== 'json',
      restart: body.settings?.restart,
    },
  };
}
