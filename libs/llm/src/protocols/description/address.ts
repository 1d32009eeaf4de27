import { type LlmCredentials, type ProtocolContext } from '../protocol-context.js';
import { type DialTarget, type LlmProtocol } from '../protocol.js';
import { type ProtocolDescription } from './description.js';
import { type Location } from './mistakes.js';
import { type ConnectionValues } from './placeholders.js';
import { signatures } from './signatures.js';
import { socketIoAddress } from './socket-io-packet.js';
import { compileWholeText, type Placeholders } from './template.js';

type FillText = (values: ConnectionValues) => string | undefined;

/** Compiles the address: path, query, headers, subprotocols and signature. */
export function compileAddress(
  { address: given = {}, framing }: ProtocolDescription,
  location: Location,
  known: Placeholders<ConnectionValues>,
): Pick<LlmProtocol, 'headers' | 'sign'> {
  const texts = (table: Readonly<Record<string, string>> = {}, at: Location): [string, FillText][] =>
    Object.entries(table).map(([key, text]) => [key, compileWholeText(text, at.at(key), known)]);
  const address =
    framing === 'socket.io'
      ? { ...socketIoAddress, ...given, query: { ...socketIoAddress.query, ...given.query } }
      : given;
  const { path, headers, sign } = address;
  const query = texts(address.query, location.at('query'));
  const headerTexts = texts(headers, location.at('headers'));
  const subprotocols = (address.subprotocols ?? []).map((text, index) =>
    compileWholeText(text, location.at('subprotocols').at(index), known),
  );
  const filledPath = path === undefined ? undefined : compileWholeText(path, location.at('path'), known);

  const target = (plain: DialTarget, context: ProtocolContext): DialTarget => {
    const values = { context };
    const url = new URL(plain.url);
    // The path of a configured address takes precedence.
    if (url.pathname === '/' && filledPath !== undefined) url.pathname = filledPath(values) ?? '/';
    for (const [name, text] of query) {
      const value = text(values);
      if (value !== undefined && !url.searchParams.has(name)) url.searchParams.set(name, value);
    }
    const signed: DialTarget = {
      url: url.href,
      headers: headers === undefined ? plain.headers : defined(headerTexts, values),
      subprotocols: subprotocols.flatMap((text) => text(values) ?? []),
    };
    return sign === undefined ? signed : signatures[sign](signed, context);
  };
  return {
    ...(headers === undefined && sign === undefined ? {} : { headers: noHeaders }),
    sign: target,
  };
}

function noHeaders(_: LlmCredentials): Record<string, string> {
  return {};
}

function defined(texts: readonly [string, FillText][], values: ConnectionValues): Record<string, string> {
  return Object.fromEntries(
    texts.flatMap(([name, text]) => {
      const value = text(values);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
