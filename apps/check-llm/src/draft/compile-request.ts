import {
  describedProtocol,
  type EncodeContext,
  type LlmRequest,
  type LlmProtocol,
  type Template,
} from '#llm';

/** How requests of an unknown protocol are encoded. */
export interface RequestForm {
  /** Whether `{{id}}` is a number. */
  isNumericId: boolean;
  framing: 'socket.io' | undefined;
}

/**
 * Compiles the template of a request into a protocol that encodes requests as a description with that template does.
 * @throws ProtocolDescriptionError if the template has mistakes
 */
export function requestProtocol(send: Template, { isNumericId, framing }: RequestForm): LlmProtocol {
  return describedProtocol({
    name: 'unknown',
    ...(framing === undefined ? {} : { framing }),
    request: { send },
    correlation: { request: '$', ...(isNumericId ? { ids: 'number' as const } : {}) },
    delta: { text: '$' },
  });
}

/** Encodes one request as frames. */
export function encodeRequest(
  protocol: LlmProtocol,
  request: LlmRequest,
  context: EncodeContext,
): readonly string[] {
  return [protocol.encode(request, context)].flat();
}
