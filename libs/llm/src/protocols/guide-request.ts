import { isJsonObject } from './json-values.js';
import { type EncodeContext, type LlmRequest } from './protocol.js';

/** Defaults of `metadata` that guide servers rely on; callers can override each. */
const guideMetadata = { sql_mode: false, advanced_ai: false, user_preferences: {} };

/** Encodes a request of the guide protocol. History and conversation id are added to the caller's session context. */
export function encodeGuideRequest(request: LlmRequest, context: EncodeContext): string {
  return JSON.stringify({
    ...(context.requestId === undefined ? {} : { request_id: context.requestId }),
    message: request.message,
    model: request.model ?? context.model,
    timestamp: context.now.toISOString(),
    metadata: {
      ...guideMetadata,
      ...request.metadata,
      session_context: sessionContext(request),
    },
    settings: {
      max_tokens: request.maxTokens,
      temperature: request.temperature,
      stream: request.stream,
      ...request.sampling,
    },
  });
}

function sessionContext(request: LlmRequest): Record<string, unknown> {
  const given = request.metadata?.session_context;
  return {
    ...(isJsonObject(given) ? given : {}),
    ...(request.conversationId === undefined ? {} : { conversation_id: request.conversationId }),
    ...(request.history === undefined ? {} : { messages: request.history }),
  };
}
