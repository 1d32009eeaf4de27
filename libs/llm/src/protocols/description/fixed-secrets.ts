import { isCredential, withoutScheme } from '../../redaction/credential-names.js';
import { type ProtocolDescription } from './description.js';

/** Plain lower-case words, such as `bearer` in `token_type: bearer`, which are not secrets. */
// eslint-disable-next-line security/detect-unsafe-regex -- linear: each word ends at a separator
const plainWords = /^[a-z]+(?:[-_ ][a-z]+)*$/;

/** Most levels of a frame that are searched. */
const maxDepth = 16;

/**
 * Finds credentials that are written into a description, outside its placeholders: in headers, subprotocols and the query
 * of the address, and in fields of frames with the name of a credential.
 */
export function fixedSecrets({
  address = {},
  handshake = [],
  request,
  session,
  socket_io,
}: ProtocolDescription): string[] {
  const { headers = {}, query = {}, subprotocols = [] } = address;
  const sent = handshake.flatMap((step) => ('send' in step ? [step.send] : []));
  return [
    ...[headers, query, session?.headers ?? {}, queryOf(session?.url)]
      .flatMap(Object.entries<string>)
      .flatMap(([name, text]) => literals(name, text)),
    ...subprotocols.flatMap((text) => literals(text, text.slice(text.lastIndexOf('.') + 1))),
    ...[...sent, request?.send, socket_io?.auth, session?.body].flatMap((frame) =>
      namedTexts(frame, '', maxDepth),
    ),
  ];
}

function queryOf(url = ''): Record<string, string> {
  const at = url.indexOf('?');
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(at)));
}

function namedTexts(value: unknown, name: string, depth: number): string[] {
  if (typeof value === 'string') {
    return isCredential(name, '') && !plainWords.test(value) ? literals(name, value) : [];
  }
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    namedTexts(part, Array.isArray(value) ? name : key, depth - 1),
  );
}

/** The parts of a template outside its placeholders. */
function literals(name: string, template: string): string[] {
  return template
    .split(/\{\{[^{}]*\}\}/)
    .map((part) => withoutScheme(part.trim()))
    .filter((part) => part !== '' && isCredential(name, part));
}
