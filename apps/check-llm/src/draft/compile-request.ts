import { describedProtocol, type EncodeContext, type LlmRequest, type Template } from '#llm';

/**
 * Compiles the template of a request into a function that encodes requests, as a description with that template does.
 * @throws ProtocolDescriptionError if the template has mistakes
 */
export function compileRequest(
  send: Template,
): (request: LlmRequest, context: EncodeContext) => readonly string[] {
  const protocol = describedProtocol({
    name: 'request',
    request: { send },
    correlation: { request: '$' },
    delta: { text: '$' },
  });
  return (request, context) => [protocol.encode(request, context)].flat();
}
