import { isJsonObject } from './json-values.js';
import { type EncodeContext, type LlmRequest } from './protocol.js';

/** What a guide server may rely on finding in `metadata`; callers override each. */
const guideMetadata = { sql_mode: false, advanced_ai: false, user_preferences: {} };

/** The request frame of the guide protocol. History and conversation id join the caller's own session context. */
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
