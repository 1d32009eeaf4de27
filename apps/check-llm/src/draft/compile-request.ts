import { describedProtocol, type EncodeContext, type LlmRequest, type Template } from '#llm';

/**
 * Makes a request's frames of a template, as a description with that template would.
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
