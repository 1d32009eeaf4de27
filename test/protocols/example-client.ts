import { readFileSync } from 'node:fs';
import { describedProtocol, LlmClient, type LlmProtocol, type ProtocolValue, type RouteOptions } from '#llm';
import { readProtocolFile } from '../../apps/server/src/configuration/protocol-file/read-protocol-file.js';
import { credentials } from '../../libs/llm/src/testing/client-setup.js';

const folder = new URL('../../examples/protocols/', import.meta.url);

/** The protocol of a file in examples/protocols. */
export function exampleProtocol(file: string): LlmProtocol {
  const { value, mistakes } = readProtocolFile(readFileSync(new URL(file, folder), 'utf8'), file);
  if (value === undefined) throw new Error(mistakes.join('\n'));
  return describedProtocol(value);
}

/** A client of one server with the protocol of the file; it does not retry. */
export function exampleClient(
  file: string,
  url: string,
  variables: Record<string, ProtocolValue> = {},
  more: Partial<RouteOptions> = {},
): LlmClient {
  const protocol = exampleProtocol(file);
  return new LlmClient({
    routes: [
      {
        name: 'r',
        endpoints: [url],
        model: 'm',
        protocol,
        credentials: { ...credentials, variables },
        ...more,
      },
    ],
    retry: { maxRetries: 0 },
  });
}
