import { type LlmCredentials, type ProtocolContext } from '../protocol-context.js';
import { type DialTarget, type LlmProtocol } from '../protocol.js';
import { type ProtocolDescription } from './description.js';
import { type Place } from './mistakes.js';
import { type ConnectionValues } from './placeholders.js';
import { signatures } from './signatures.js';
import { compileWholeText, type Placeholders } from './template.js';

type FillText = (values: ConnectionValues) => string | undefined;

/** What a description says of the address: its path, query, headers, subprotocols and signature. */
export function compileAddress(
  { address = {} }: ProtocolDescription,
  place: Place,
  known: Placeholders<ConnectionValues>,
): Pick<LlmProtocol, 'headers' | 'sign'> {
  const texts = (table: Readonly<Record<string, string>> = {}, at: Place): [string, FillText][] =>
    Object.entries(table).map(([key, text]) => [key, compileWholeText(text, at.at(key), known)]);
  const { path, headers, sign } = address;
  const query = texts(address.query, place.at('query'));
  const headerTexts = texts(headers, place.at('headers'));
  const subprotocols = (address.subprotocols ?? []).map((text, index) =>
    compileWholeText(text, place.at('subprotocols').at(index), known),
  );
  const filledPath = path === undefined ? undefined : compileWholeText(path, place.at('path'), known);

  const target = (plain: DialTarget, context: ProtocolContext): DialTarget => {
    const values = { context };
    const url = new URL(plain.url);
    // An address that has a path of its own is meant as it stands.
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
