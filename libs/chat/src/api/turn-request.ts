import { type ResponseForm } from './response-form.js';
import { type OnBusy, type Idempotency, type TurnRequest } from '../model/turn.js';
import { requestHash } from '../model/request-hash.js';
import { type GenerationRequest, type TurnSettings } from '../model/generation-request.js';

/** The members of every body that asks for an answer. */
export interface TurnBody {
  model?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  settings?: { [Name in keyof TurnSettings]?: TurnSettings[Name] | undefined } | undefined;
  on_busy?: OnBusy | undefined;
}

/** What a request says about a turn outside its body. */
export interface TurnContext {
  owner: string;
  form: ResponseForm;
  /** The `Idempotency-Key` header. */
  key?: string | undefined;
}

/** The message to answer, and its position in a conversation. */
export type TurnTarget = Pick<TurnRequest, 'conversationId' | 'parentId' | 'userMessage'>;

/** Makes a turn from a request. By default the LLM streams unless the caller waits for the complete answer. */
export function turnRequest(
  target: TurnTarget,
  body: TurnBody,
  { owner, form, key }: TurnContext,
): TurnRequest {
  return {
    owner,
    ...target,
    generation: generationRequest(body, form),
    onBusy: body.on_busy ?? 'reject',
    idempotency: key === undefined ? undefined : idempotencyOf(key, target, body),
  };
}

function generationRequest({ model, metadata, settings }: TurnBody, form: ResponseForm): GenerationRequest {
  return {
    model,
    metadata: metadata ?? {},
    settings: {
      max_tokens: settings?.max_tokens,
      temperature: settings?.temperature,
      sampling: settings?.sampling,
      stream: settings?.stream ?? form !== 'json',
      restart: settings?.restart,
    },
  };
}

/**
 * The key and a hash of what must be equal in all requests with that key. The form of the response is not part of it: a
 * client that lost a stream may wait for the answer instead.
 */
function idempotencyOf(
  key: string,
  target: TurnTarget,
  { model, metadata, settings }: TurnBody,
): Idempotency {
  const { userMessage: said, ...ids } = target;
  // Stored hashes were made with the name `said`.
  const what = { ...ids, said, model, metadata, settings: { ...settings, stream: undefined } };
  return { key, hash: requestHash(what) };
}
