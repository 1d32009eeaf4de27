import { isForbiddenKey } from '../json-values.js';
import { type Learned } from '../protocol.js';
import { type HttpRequest, type HttpResponse, type SessionRequest } from '../session-request.js';
import { type HttpValue, type ProtocolDescription } from './description.js';
import { type Location } from './mistakes.js';
import { compilePath } from './path.js';
import { type ConnectionValues } from './placeholders.js';
import { compileFrame, compileWholeText, type Placeholders } from './template.js';

/** Longest value that is read from an HTTP response, in characters. */
const maxValueLength = 8_192;

/** Compiles the HTTP request before each connection. */
export function compileSession(
  { session }: ProtocolDescription,
  location: Location,
  known: Placeholders<ConnectionValues>,
): SessionRequest | undefined {
  if (session === undefined) return undefined;
  const { url, method, headers, body, learn } = session;
  const fillUrl = compileWholeText(url, location.at('url'), known);
  const fillBody = body === undefined ? undefined : compileFrame(body, location.at('body'), known);
  const fillHeaders = Object.entries(headers ?? { Authorization: 'Bearer {{api_key}}' }).map(
    ([name, text]) => [name, compileWholeText(text, location.at('headers').at(name), known)] as const,
  );
  const reads = Object.entries(learn).map(([name, value]) => {
    const at = location.at('learn').at(name);
    if (isForbiddenKey(name)) at.report('is not a name');
    return [name, compileHttpValue(value, at)] as const;
  });
  const type = typeof body === 'object' ? { 'Content-Type': 'application/json' } : {};
  return {
    request: (endpoint, context): HttpRequest => {
      const values = { context };
      const filled = fillHeaders.flatMap(([name, fill]) => {
        const text = fill(values);
        return text === undefined ? [] : [[name, text] as const];
      });
      return {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        url: httpUrl(fillUrl(values) ?? '/', endpoint),
        headers: { ...type, ...Object.fromEntries(filled) },
        body: fillBody?.(values),
      };
    },
    learn: (response): Learned => {
      const frame = { ...response, body: jsonOrText(response.body) };
      return Object.fromEntries(reads.map(([name, read]) => [name, read(frame)]));
    },
  };
}

/** Resolves a path at the host of the endpoint, with `http:` for `ws:` and `https:` for `wss:`. */
function httpUrl(url: string, endpoint: string): string {
  const base = new URL(endpoint);
  base.protocol = base.protocol === 'wss:' ? 'https:' : 'http:';
  return new URL(url, base.origin).href;
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function compileHttpValue(
  value: HttpValue,
  location: Location,
): (response: Omit<HttpResponse, 'body'> & { body: unknown }) => string | number | boolean {
  const { path, after = '', before = '' } = typeof value === 'string' ? { path: value } : value;
  const read = compilePath(path, location);
  if (!/^(?:status$|cookies$|headers\.|body(?:\.|$))/.test(path)) {
    location.report('must begin with status, headers, cookies or body');
  }
  return (response) => {
    const found = read(response);
    if (typeof found === 'number' || typeof found === 'boolean') return found;
    const text = typeof found === 'string' ? between(found, after, before) : undefined;
    if (text === undefined || text === '') throw new Error(`the response has no ${path}`);
    if (text.length > maxValueLength) {
      throw new Error(`${path} of the response is longer than ${maxValueLength} characters`);
    }
    return text;
  };
}

/** The part after and before these texts; undefined if one of them is missing. */
function between(text: string, after: string, before: string): string | undefined {
  const start = text.indexOf(after);
  if (start < 0) return undefined;
  const rest = text.slice(start + after.length);
  const end = before === '' ? rest.length : rest.indexOf(before);
  return end < 0 ? undefined : rest.slice(0, end);
}
